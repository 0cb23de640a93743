import { toldBy } from './contents.ts';

/** What is known of a copy that is only looked at beyond what the copy shows. No code of the caller's ever gets one. */

/** Where the copy of an instance with private fields comes from. */
export interface Origin {
  /** Its state may have changed since; only its own `equals` is asked, which what changes rarely has. */
  readonly original: object;
  /** What it said of itself when it was copied: its JSON, or the value that it stands for. */
  readonly told: { readonly value: unknown } | undefined;
}

export const origins = new WeakMap<object, Origin>();

/** In a copy that is only looked at: a getter, which would have to be run to be seen. */
export class Unasked {}

/** What was taken down of a copy; of what is none, it is asked now. */
export function originOf(value: object): Origin {
  const known = origins.get(value);
  if (known) return known;
  const told = toldBy(value);
  return { original: value, told: told === value ? undefined : { value: told } };
}
