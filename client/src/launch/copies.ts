/** The copies of one call: what its shadow is given, and what its answer is compared by. */
import type { NotComparedCause } from '@dimmer/core';
import { copyValue } from './copy-value.ts';
import type { CompareOptions } from './launch-options.ts';
import type { Launched } from './launched.ts';
import { isThenable, type Outcome } from './measure.ts';

type Cloning = Pick<CompareOptions<never>, 'clone'>;
type Holder = { readonly value: unknown };

/** Says once, in the log, what of a flag cannot be copied. */
type Complain = (code: 'UNCOPYABLE', flag: string, detail: string) => void;

/** What is known of how large the values of one flag are. */
export interface Copying {
  /** Calls that are to be shed before copying is tried again. */
  skip: number;
}

export function newCopying(): Copying {
  return { skip: 0 };
}

/** The input of the shadow, and that of control's second run if there is to be one. */
export type Copies = readonly [first: unknown, second: Holder | undefined];

/** What a run came to, as it was then; or why that could not be kept. */
export type Kept = Outcome | { readonly failed: undefined; readonly cause: NotComparedCause };

/**
 * Copies what a call is given, before anybody can change it.
 *
 * @param twice for a second run of control as well
 * @returns undefined if it cannot be copied, or was too large of late: then there is to be no shadow
 */
export function copyInput(
  _launched: Launched,
  input: unknown,
  options: Cloning,
  twice: boolean,
  _complain: Complain,
): Copies | undefined {
  const first = copy(input, options);
  const second = twice && first ? copy(input, options) : undefined;
  return first && [first.value, second];
}

/** A copy of the input for the path that answers if the other fails; what cannot be copied is handed on as it is. */
export function copyForFallback<Input>(_launched: Launched, input: Input, options: Cloning): Input {
  const copied = copy(input, options);
  return copied ? (copied.value as Input) : input;
}

/** What came out, so that it stays what it was whatever the caller does with it. */
export function keep(_launched: Launched, outcome: Outcome, options: Cloning): Kept {
  if (outcome.failed) return outcome;
  if (isThenable(outcome.value)) return { failed: undefined, cause: 'unread' };
  const copied = copy(outcome.value, options);
  return copied ? { failed: false, value: copied.value } : { failed: undefined, cause: 'large' };
}

function copy(value: unknown, { clone }: Cloning): Holder | undefined {
  if (clone === false || typeof value !== 'object' || value === null) return { value };
  try {
    if (clone) return { value: clone(value) };
    const copied = copyValue(value);
    return copied.copied ? copied : undefined;
  } catch {
    return undefined;
  }
}
