/**
 * The copies of one call: what its shadow is given, and what its answer is compared by. They are made on the caller's
 * path, so they have little time, and what proved too large is not tried again for a while.
 */
import type { NotComparedCause } from '@dimmer/core';
import { type Copied, copyValue, type IsOver, type Uncopyable } from './copy-value.ts';
import type { Copying } from './copying.ts';
import { isError } from './kinds.ts';
import type { CompareOptions } from './launch-options.ts';
import type { Launched } from './launched.ts';
import type { Outcome } from './outcome.ts';
import { pointerText, shownSegments } from './sample-text.ts';
import { isThenable } from './thenable.ts';
import { isWarming } from './warm-copies.ts';

/** The first of a flag may take longer; so may all, as long as the engine has not compiled the code. */
const FIRST_MS = 2;
const FIRST_COPIES = 3;
/** So much may be spent, in all, beyond what is allowed, until the code is taken for compiled, ms. */
const COMPILING_MS = 10;
let beyondMs = 0;
/** What the copy of a shadow's result, and a comparison, may take of the event loop, ms. */
const SHADOW_MS = 0.5;
const FIRST_SHADOW_MS = 5;
/** Calls without a shadow after something could not be copied. */
const PAUSE_CALLS = 20;
/** So often it is tried again as soon as that, for each time the engine may have made it faster; then twice as many. */
const HASTY_TRIES = 6;
/** A copy that takes so long twice in a row cannot be stopped in time, ms; once may be a pause of the collector. */
const UNHELD_MS = 5;
const LONGEST_PAUSE_CALLS = 20_480;

type Cloning = Pick<CompareOptions<never>, 'clone'>;
type Holder = { readonly value: unknown };

/** Says once, in the log, what of a flag cannot be copied. */
type Complain = (code: 'UNCOPYABLE', flag: string, detail: string) => void;

/** The input of the shadow, and that of control's second run if there is to be one. */
export type Copies = readonly [first: unknown, second: Holder | undefined];

/** What a run came to, as it was then; or why that could not be kept. */
export type Kept =
  | (Outcome & {
      readonly kept: true;
      /** Why it may only be looked at, and not be handed to the caller's own comparison. */
      readonly shares?: Uncopyable | undefined;
    })
  | Lost;

/** A result that could not be kept. */
export interface Lost {
  readonly failed: undefined;
  readonly cause: NotComparedCause;
  /** For the log; '' if that has been told already. */
  readonly detail: string;
}

/**
 * Copies what a call is given, before anybody can change it.
 *
 * @param twice for a second run of control as well
 * @returns undefined if it cannot be copied, or something could not of late: then there is to be no shadow
 */
export type CopyInput = (launched: Launched, input: unknown, options: Cloning, twice: boolean) => Copies | undefined;

export const createCopyInput =
  (complain: Complain): CopyInput =>
  ({ key, copying }, input, { clone }, twice) => {
    if (copying.skip > 0) {
      copying.skip--;
      return undefined;
    }
    if (clone === false || isPrimitive(input)) return [input, twice ? { value: input } : undefined];
    if (clone) {
      const first = cloned(clone, input);
      if (!first) complain('UNCOPYABLE', key, 'input: your `clone` threw');
      return first && [first.value, twice ? cloned(clone, input) : undefined];
    }
    const first = copyInTime(copying, input, 0, false);
    if (first.copied) {
      const second = twice ? copyValue(input, { isOver: within(copying, FIRST_MS) }) : undefined;
      return [first.value, second?.copied ? second : undefined];
    }
    complain('UNCOPYABLE', key, whatIs('input', first));
    return undefined;
  };

/** A copy of the input for the path that answers if the other fails; what cannot be copied is handed on as it is. */
export function copyForFallback<Input>({ copying }: Launched, input: Input, { clone }: Cloning): Input {
  if (clone === false || isPrimitive(input)) return input;
  if (clone) return (cloned(clone, input) ?? { value: input }).value as Input;
  const copied = copying.skip > 0 ? undefined : copyInTime(copying, input, 0, false);
  return copied?.copied ? copied.value : input;
}

/** What one of two sides is given to write. */
interface Given<Input> {
  readonly value: Input;
  /** Why it is the very object that the other side gets, if it is; undefined too where the caller has said that it may be. */
  readonly isShared?: string;
}

/** A copy of what is to be written; what cannot be copied is handed on as it is, for no write is left out. Throws nothing. */
export function copyOrShare<Input>(copying: Copying, input: Input, { clone }: Cloning): Given<Input> {
  if (clone === false || isPrimitive(input)) return { value: input };
  if (clone) {
    const made = cloned(clone, input);
    return made ? { value: made.value as Input } : { value: input, isShared: 'input: your `clone` threw' };
  }
  if (copying.skip > 0) {
    copying.skip--;
    return { value: input, isShared: whatIs('input', { why: 'large', where: [] }) };
  }
  const copied = copyInTime(copying, input, 0, false);
  if (!copied.copied) return { value: input, isShared: whatIs('input', copied) };
  copying.refusals = 0;
  return { value: copied.value };
}

/** What came out, so that it stays what it was whatever the caller does with it. */
export function keep({ copying }: Launched, outcome: Outcome, options: CompareOptions<never>): Kept {
  return keepBy(copying, outcome, options, (value) => copyInTime(copying, value, copying.inputMs, true));
}

/** Keeps what a shadow came to: its code may go on with it. Nobody waits for that, but it runs where others do. */
export function keepShadows({ copying }: Launched, outcome: Outcome, options: CompareOptions<never>): Kept {
  return keepBy(copying, outcome, options, (value) => copyValue(value, { toLook: true, isOver: shadowLimit(copying) }));
}

/** Begins the time that something may take which is done after a shadow. */
export function shadowLimit(copying: Copying): IsOver {
  if (copying.madeAfter >= 2 * FIRST_COPIES) return within(copying, SHADOW_MS);
  copying.madeAfter++;
  return within(copying, FIRST_SHADOW_MS);
}

function within({ clock }: Copying, ms: number): IsOver {
  const deadline = clock() + ms;
  return () => clock() > deadline;
}

function keepBy(
  copying: Copying,
  outcome: Outcome,
  options: CompareOptions<never>,
  copy: (value: unknown) => Copied<unknown>,
): Kept {
  if (outcome.failed) return keepFailure(copying, outcome.error, options.compareErrors !== undefined);
  const { value } = outcome;
  const { clone } = options;
  // A query that has not been run has no value yet: see `measure.ts`.
  if (isThenable(value)) return lost({ why: 'unread', where: [] });
  if (clone === false || isPrimitive(value)) return { kept: true, failed: false, value };
  if (clone) {
    const made = cloned(clone, value);
    return made
      ? { kept: true, failed: false, value: made.value }
      : { failed: undefined, cause: 'threw', detail: 'result: your `clone` threw' };
  }
  const copied = copy(value);
  return copied.copied ? { kept: true, failed: false, value: copied.value, shares: copied.shares } : lost(copied);
}

function lost(why: Uncopyable): Lost {
  return { failed: undefined, cause: why.why, detail: whatIs('result', why) };
}

/** A copy of what was kept, for one of the caller's own functions: whatever it does with it, nobody else sees. */
export function handOut(value: unknown, { clone }: Cloning): unknown {
  if (clone === false) return value;
  if (clone) return clone(value as never);
  const copied = copyValue(value);
  return copied.copied ? copied.value : value;
}

/** In words: `result: /items/3/add cannot be looked into`. */
export function whatIs(what: 'input' | 'result', { why, where }: Uncopyable): string {
  const place = where.length ? `${pointerText(shownSegments(where.map(String)))} ` : '';
  if (why === 'large') return `${what}: it takes longer to copy than a caller may wait; for some calls it is not tried`;
  return `${what}: ${place}${why === 'unread' ? 'can be read only once' : 'is a function, or keeps what cannot be seen'}`;
}

/** @param spentMs what this call has paid already */
function copyInTime<Value>(copying: Copying, value: Value, spentMs: number, toLook: boolean): Copied<Value> {
  const isEarly = copying.made < FIRST_COPIES || beyondMs < COMPILING_MS;
  const { allowedMs } = copying;
  const maxMs = isEarly ? Math.max(FIRST_MS, allowedMs) : allowedMs - spentMs;
  const began = copying.clock();
  const copied = copyValue(value, { toLook, isOver: within(copying, maxMs) });
  const tookMs = copying.clock() - began;
  beyondMs += Math.max(0, Math.min(FIRST_MS, tookMs) - allowedMs);
  if (!toLook) copying.inputMs = Math.min(tookMs, allowedMs / 2);
  if (copied.copied) {
    copying.made++;
    if (toLook) copying.refusals = 0;
    return copied;
  }
  // What cannot be held to its time, as the names of a million members, is tried the more rarely.
  copying.unheld = tookMs < UNHELD_MS ? 0 : copying.unheld + 1;
  // What code takes that is not compiled yet says nothing of the value.
  if (isWarming() && copying.unheld < 2) {
    copying.skip = PAUSE_CALLS;
    return copied;
  }
  const pauses = Math.max(
    2 ** (++copying.refusals - HASTY_TRIES),
    copying.unheld < 2 ? 1 : Math.ceil(tookMs / allowedMs),
  );
  copying.skip = Math.min(LONGEST_PAUSE_CALLS, Math.ceil(PAUSE_CALLS * Math.max(1, pauses)));
  return copied;
}

/** An error goes on to the caller, who may change it. What failures are compared by is taken down. */
function keepFailure(copying: Copying, error: unknown, whole: boolean): Kept {
  if (whole || !isError(error)) {
    const copied = copyValue(error, { isOver: within(copying, FIRST_MS) });
    if (copied.copied) return { kept: true, failed: true, error: copied.value };
    const seen = copyValue(error, { toLook: true, isOver: within(copying, FIRST_MS) });
    return seen.copied ? { kept: true, failed: true, error: seen.value } : { kept: true, failed: true, error };
  }
  try {
    const { name, message } = error;
    const { code } = error as { readonly code?: unknown };
    const kept = Object.create(Object.getPrototypeOf(error));
    for (const [member, value] of Object.entries({ name, message, code }))
      Object.defineProperty(kept, member, { value });
    return { kept: true, failed: true, error: kept };
  } catch {
    return { kept: true, failed: true, error };
  }
}

function cloned(clone: (value: never) => unknown, value: unknown): Holder | undefined {
  try {
    return { value: clone(value as never) };
  } catch {
    return undefined;
  }
}

function isPrimitive(value: unknown): boolean {
  return value === null || (typeof value !== 'object' && typeof value !== 'function');
}
