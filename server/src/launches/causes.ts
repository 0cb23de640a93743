/** The causes that SDKs name: in words for people, and what they mean for the verdict. What a newer SDK says is shown as it says it. */
import type { NotComparedCause, ShedCause } from '@dimmer/core';

/**
 * `isBrake`: it did not run because of what the process or the input was like, so that what ran may not be typical. What
 * is not run on purpose, or by lot, says nothing of the candidate; `harm` is judged by itself.
 */
const SHED: Readonly<Record<ShedCause, { readonly isBrake: boolean; readonly words: string }>> = {
  sample: { isBrake: false, words: 'not in the sample' },
  inFlight: { isBrake: true, words: 'too many at once' },
  budget: { isBrake: false, words: "the minute's budget was spent" },
  blocked: { isBrake: true, words: 'one had blocked the event loop for too long' },
  busy: { isBrake: true, words: "they had taken too much of the processor's time" },
  lag: { isBrake: true, words: 'the event loop was late' },
  heap: { isBrake: true, words: 'memory was short' },
  hung: { isBrake: true, words: 'too many had not ended after their time' },
  held: { isBrake: false, words: 'few are let in until it is clear that callers do not feel them' },
  harm: { isBrake: false, words: 'callers were slower while they ran' },
  nested: { isBrake: false, words: 'called within another shadow' },
  uncopyable: { isBrake: true, words: 'the input could not be copied' },
  loading: { isBrake: true, words: 'what runs shadows in the page had not been loaded' },
  fleet: { isBrake: false, words: 'all pages together had made enough calls' },
  hidden: { isBrake: false, words: 'the page was not visible' },
  saveData: { isBrake: false, words: 'the visitor saves data' },
  closed: { isBrake: false, words: 'the process was ending' },
  withdrawn: { isBrake: false, words: 'the rules had changed meanwhile: killed, off, or another stage' },
};

const NOT_COMPARED: Readonly<Record<NotComparedCause, string>> = {
  large: 'too large to copy or compare',
  unread: 'streams, bodies or iterators',
  opaque: 'of a kind that cannot be looked into',
  threw: 'the comparison threw',
};

export function shedWords(cause: string): string {
  return isShedCause(cause) ? SHED[cause].words : cause;
}

/** Whether it is one that this server knows. A newer SDK may know more. */
export function isShedCause(cause: string): cause is ShedCause {
  return Object.hasOwn(SHED, cause);
}

/** What a newer SDK says for reasons of its own is taken for a brake: better too careful. */
export function isBrake(cause: string): boolean {
  return !isShedCause(cause) || SHED[cause].isBrake;
}

export function notComparedWords(cause: string): string {
  return Object.hasOwn(NOT_COMPARED, cause) ? NOT_COMPARED[cause as NotComparedCause] : cause;
}
