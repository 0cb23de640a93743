/** The launches and migrations of this process: for each what its brakes know, and what was observed. */
import type {
  CandidateSummary,
  EvaluationContext,
  Flag,
  LaunchPath,
  LaunchRole,
  LaunchSummary,
  RulesetFlag,
} from '@dimmer/core';
import { createHasher, type Hasher } from '@dimmer/core/murmur3';
import type { BrakeState, Brakes } from './brakes.ts';
import { type Copying, newCopying } from './copying.ts';
import { createObservations, type Observations } from './observations.ts';

const HASHES = 2 ** 32;
/** A call that has not ended after so long is told of as hanging, ms. */
const HANGING_MS = 5_000;

/**
 * What one write may pay for the copy that the other side gets, ms. It waits for that side as well, so this is for others
 * in the process; and a copy that is not made lets one side see what the other does to the object.
 */
const WRITE_COPY_MS = 10;

/** One of them. */
export interface Launched {
  readonly key: string;
  readonly observations: Observations;
  /** Of further candidates, by name. */
  readonly candidates: Map<string, Observations>;
  readonly brakes: BrakeState;
  readonly copying: Copying;
  /** The same of what a migration writes. */
  readonly writing: Copying;
  /** Calls that have not ended, the oldest first; those that hang are told of once and then forgotten. */
  readonly underWay: Set<UnderWay>;
  /** Withdraws shadows that run. */
  readonly running: Set<RunningShadow>;
  /** The rules by which it was last seen; other rules restart the count of units. */
  source: RulesetFlag | undefined;
  /** Hashes the key of a unit for the sample; salted with the flag's seed, so that samples of two flags are not alike. */
  sampleHash: Hasher;
  /** Hashes the key of a unit for reports. */
  unitHash: Hasher;
}

/** Whose figures they are. */
export interface Subject {
  readonly launched: Launched;
  readonly context: EvaluationContext | undefined;
  readonly variation: string;
  readonly operation: 'read' | 'write' | undefined;
}

/** Calls of asynchronous code that have not ended, in the order in which they began. */
export interface UnderWay {
  readonly subject: Subject;
  readonly path: LaunchPath;
  readonly role: LaunchRole;
  readonly began: number;
}

/** A shadow that has begun and not ended. */
export interface RunningShadow {
  readonly variation: string;
  readonly context: EvaluationContext | undefined;
  /** Aborts its signal, and counts it as shed for this cause. */
  readonly withdraw: (cause: 'withdrawn' | 'harm' | 'closed') => void;
}

/** What the rules say of a summary. */
export type When = Pick<LaunchSummary, 'id' | 'from' | 'to'>;

export interface LaunchedFlags {
  /** `definition`: undefined for a migration that the rules do not have. */
  readonly of: (flag: Pick<Flag, 'key' | 'definition'>) => Launched;
  /** All that there are. */
  readonly all: () => Iterable<Launched>;
  /** All that was observed since the last time. */
  readonly drain: (when: When) => LaunchSummary[];
}

/**
 * @param shownName what is shown of a long or odd name of a kind of failure
 * @param harmed told when the shadows of a flag are stopped for what they do to callers
 */
export function createLaunchedFlags(
  brakes: Brakes,
  clock: () => number,
  shownName: (text: string) => string,
  harmed: (launched: Launched, sharePercent: number, pauseMs: number) => void,
): LaunchedFlags {
  const known = new Map<string, Launched>();

  function countHanging({ underWay, observations }: Launched): void {
    const before = clock() - HANGING_MS;
    for (const call of underWay) {
      if (call.began > before) return;
      underWay.delete(call);
      const { subject, path, role } = call;
      observations.path(subject.variation, path, role, subject.operation).hanging++;
    }
  }

  function add(key: string, definition: RulesetFlag | undefined): Launched {
    const made: Launched = {
      key,
      observations: createObservations(shownName),
      candidates: new Map(),
      brakes: brakes.newState(key, (sharePercent, pauseMs) => harmed(made, sharePercent, pauseMs)),
      copying: newCopying(clock),
      writing: newCopying(clock, WRITE_COPY_MS),
      underWay: new Set(),
      running: new Set(),
      ...hashesBy(definition),
    };
    known.set(key, made);
    return made;
  }

  return {
    all: () => known.values(),
    of({ key, definition }) {
      const launched = known.get(key) ?? add(key, definition);
      if (launched.source !== definition) {
        Object.assign(launched, hashesBy(definition));
        launched.observations.forgetUnits();
        brakes.forgive(launched.brakes);
      }
      return launched;
    },
    drain({ id, from, to }) {
      const summaries: LaunchSummary[] = [];
      const isLast = brakes.isClosed();
      // None is ever forgotten, for a call that began with it may be under way; there are no more than flags.
      for (const [flag, launched] of known) {
        const { observations, brakes: state } = launched;
        // Whatever they come to, nobody will hear of it any more.
        if (isLast) observations.shed('closed', state.underWay);
        countHanging(launched);
        const observed = observations.drain();
        const drained = observed && state.switchback?.drain();
        const sharePercent = Math.min(drained?.sharePercent ?? 0, brakes.heldTo(state));
        const switchback = drained && { ...drained, sharePercent };
        if (!observed) continue;
        const candidates: CandidateSummary[] = [];
        for (const [name, its] of launched.candidates) {
          const seen = its.drain();
          if (seen) candidates.push({ name, ...seen });
        }
        summaries.push({
          flag,
          id,
          from,
          to,
          ...observed,
          ...(switchback && { switchback }),
          ...(candidates.length && { candidates }),
        });
      }
      return summaries;
    },
  };
}

/** What of a launch depends on the rules. */
function hashesBy(source: RulesetFlag | undefined): Pick<Launched, 'source' | 'sampleHash' | 'unitHash'> {
  return {
    source,
    sampleHash: createHasher(`${source?.seed}:sample:`),
    unitHash: createHasher(`${source?.seed}:unit:`),
  };
}

/** Eight hex digits for a unit; undefined if the context names none. */
export function unitOf({ unitHash }: Launched, context: EvaluationContext | undefined): string | undefined {
  const key = keyOf(context);
  return key && (unitHash(key) >>> 0).toString(16).padStart(8, '0');
}

/** Whether a unit is in a sample of so many percent: always, or never. Without a key, each call has its own luck. */
export function isInSample(
  { sampleHash }: Launched,
  context: EvaluationContext | undefined,
  percent: number,
  random: () => number,
): boolean {
  if (percent >= 100) return true;
  const key = keyOf(context);
  return (key ? (sampleHash(key) >>> 0) / HASHES : random()) * 100 < percent;
}

/** The `targetingKey` of a context as a text; empty if it has none. */
export function keyOf(context: EvaluationContext | undefined): string {
  try {
    const key = context?.targetingKey;
    return typeof key === 'string' || typeof key === 'number' ? `${key}` : '';
  } catch {
    // A getter of the host's that throws is no key.
    return '';
  }
}
