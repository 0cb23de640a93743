/** The shadows of one answer: each is run, compared to the answer, and told of. */
import { LAUNCH_LIMITS, type LaunchPath } from '@dimmer/core';
import type { Call, CallDeps } from './call.ts';
import { compareToCandidate, compareToItself } from './compare-outcomes.ts';
import { type Copies, handOut, type Kept, keep, type Lost } from './copies.ts';
import type { Dials } from './dials.ts';
import type { CompareOptions, Run } from './launch-options.ts';
import type { SideOutcome } from './launch-outcome.ts';
import type { Launched } from './launched.ts';
import { createObservations, type Observations } from './observations.ts';
import type { Outcome } from './outcome.ts';
import { prepared, tell } from './outcome-hooks.ts';
import { redactText } from './redact.ts';
import type { StartShadow } from './shadow.ts';
import { isThenable } from './thenable.ts';
import type { Verdict } from './verdict.ts';
import { createWaiting } from './waiting.ts';

type Options = CompareOptions<unknown> & Call<unknown, unknown>['options'];
type Code = (run: Run<unknown>) => unknown;

/** What a side came to. */
interface Came {
  readonly outcome: Outcome;
  readonly tookMs: number;
}

/** Told the answer, and how long it took, ms; without one, the shadow has nothing to be compared to. Throws nothing. */
export type AnswerKnown = (outcome: Outcome | undefined, tookMs: number) => void;

/**
 * Begins the shadows of an answer that is known and on its way to the caller, or that is not known yet.
 *
 * @param answered the path that answers
 */
export type BeginShadows = (
  call: Call<unknown, unknown>,
  answered: LaunchPath,
  dials: Dials,
  copies: Copies,
) => AnswerKnown;

interface ComparedShadowDeps extends CallDeps {
  readonly startShadow: StartShadow;
}

export function createComparedShadows({
  world,
  brakes,
  startShadow,
  now,
  after,
  complain,
}: ComparedShadowDeps): BeginShadows {
  const waiting = createWaiting<() => unknown>();

  /** What a side is compared by: what it came to, or what the caller makes of that. */
  function basisOf(launched: Launched, outcome: Outcome, options: Options): Kept | Outcome | Promise<Kept | Outcome> {
    const fail = (error: unknown) => complain('COMPARE_FAILED', launched.key, error);
    return prepared(outcome, options, after, fail);
  }

  /** The answer is kept as it is now: the caller may change it. */
  function keepAnswer(launched: Launched, outcome: Outcome, options: Options, dials: Dials): Kept | Promise<Kept> {
    const asKept = (basis: Outcome | Lost): Kept =>
      basis.failed === undefined ? basis : keep(launched, basis, options);
    if (!options.prepare) return keep(launched, outcome, options);
    const began = world.clock();
    const basis = basisOf(launched, outcome, options) as Outcome | Lost | Promise<Outcome | Lost>;
    const kept = isThenable(basis) ? basis.then(asKept) : asKept(basis);
    brakes.blocked(launched.brakes, dials, world.clock() - began);
    return kept;
  }

  return (call, answered, dials, [first, second]) => {
    const { launched, context, variation, operation, definition } = call;
    const options = call.options as Options;
    const ignored = definition?.dials?.ignore;
    const comparing = { launched, options, ignored, now, after, complain };
    const codes = call.codes as { readonly [path in LaunchPath]: Code };
    const path = answered === 'control' ? 'candidate' : 'control';
    /** Undefined until it is known, and where it failed and something else stands in for it. */
    let answer: { readonly outcome: Outcome; readonly tookMs: number; readonly kept: Kept | Promise<Kept> } | undefined;
    let isKnown = false;
    const whenKnown: (() => void)[] = [];
    const value = () => (!answer || answer.outcome.failed ? undefined : answer.outcome.value);
    const failHook = (error: unknown) => complain('HOOK_FAILED', launched.key, error);

    /** Tells the caller's own function, if there is one. */
    function teller(candidateName: string) {
      return (other: Came | undefined, what: Parameters<typeof tell>[2]): void | Promise<void> => {
        if (!answer) return undefined;
        const own: SideOutcome<unknown> = { ...answer.outcome, tookMs: answer.tookMs };
        const theirs: SideOutcome<unknown> | undefined = other && { ...other.outcome, tookMs: other.tookMs };
        const [control, candidate] = answered === 'control' ? [own, theirs] : [theirs, own];
        // Of a shadow of control's that did not run there is no control to tell of.
        if (!control) return undefined;
        const told = { flag: launched.key, stage: variation, context, candidateName, control, candidate };
        return tell(options, told, what, failHook);
      };
    }

    function start(name: string, code: Code, input: unknown, isMain: boolean): void {
      const told = options.onOutcome && teller(name);
      // The figures of further candidates are told by themselves.
      const observed = isMain ? launched : { ...launched, observations: observationsOf(name) };

      function compare(other: Came): unknown {
        if (!answer) return undefined;
        const { kept } = answer;
        const judged = told && ((verdict: Verdict) => told(other, verdict));
        const theirs = basisOf(launched, other.outcome, options);
        const conclude = (mine: Kept, basis: Kept | Outcome) => {
          const [one, two] = path === 'candidate' ? [mine, basis] : [basis, mine];
          const compares = compareToCandidate(one, two, { ...comparing, launched: observed, judged });
          if (isMain && second && mine.failed !== undefined && path === 'candidate') runAgain(mine, second.value);
          return compares;
        };
        if (!isThenable(kept) && !isThenable(theirs)) return conclude(kept, theirs);
        return Promise.all([kept, theirs]).then(([mine, basis]) => conclude(mine, basis));
      }

      // Written out here and below: spread from parts, this object cost twenty microseconds of the caller's time.
      startShadow({
        launched: observed,
        dials,
        context,
        variation,
        path,
        role: 'shadow',
        operation,
        definition,
        answered: value,
        code,
        input,
        before: options.before as Code | undefined,
        unprepared(error) {
          failHook(error);
          observed.observations.notCompared('threw');
          void told?.(undefined, { kind: 'failed', cause: 'threw' });
        },
        shed: told && ((cause) => void told(undefined, cause)),
        ended(outcome, tookMs) {
          if (isKnown) return compare({ outcome, tookMs });
          // Its place is free for others, however long the answer takes.
          const held = waiting.add(() => compare({ outcome, tookMs }));
          whenKnown.push(() => {
            const compares = waiting.take(held);
            if (compares) settle(compares);
            else if (answer) observed.observations.notCompared('large');
          });
          return undefined;
        },
      });
    }

    function observationsOf(name: string): Observations {
      const known = launched.candidates.get(name);
      if (known) return known;
      const made = createObservations(redactText);
      if (launched.candidates.size < LAUNCH_LIMITS.candidates && name.length <= LAUNCH_LIMITS.candidateLength) {
        launched.candidates.set(name, made);
      } else complain('CANDIDATES_UNCOUNTED', launched.key, name.slice(0, LAUNCH_LIMITS.candidateLength));
      return made;
    }

    /** Control a second time: the noise floor. */
    function runAgain(mine: Kept, input: unknown): void {
      startShadow({
        launched,
        dials,
        context,
        variation,
        path: 'control',
        role: 'noise',
        operation,
        definition,
        answered: value,
        code: codes.control,
        input,
        ended(again) {
          const basis = basisOf(launched, again, options) as Outcome | Promise<Outcome>;
          const compare = (known: Outcome) => compareToItself(mine, known, comparing);
          return isThenable(basis) ? basis.then(compare) : compare(basis);
        },
      });
    }

    start('candidate', codes[path], first, true);
    if (path === 'candidate') {
      for (const [name, code] of Object.entries(options.candidates ?? {})) {
        if (typeof code === 'function') start(name, code as Code, handOut(first, options), false);
      }
    }
    return (outcome, tookMs) => {
      isKnown = true;
      if (outcome) answer = { outcome, tookMs, kept: keepAnswer(launched, outcome, options, dials) };
      for (const tellOf of whenKnown) tellOf();
    };
  };
}

/** The comparison has counted what goes wrong; nobody waits for it. */
function settle(compares: () => unknown): void {
  try {
    const comparing = compares();
    if (isThenable(comparing)) Promise.resolve(comparing).catch(() => {});
  } catch {
    // As where the shadow ends last.
  }
}
