/** The launches and migrations of this process: for each what its brakes know, and what was observed. */
import type { EvaluationContext, Flag, LaunchSummary, RulesetFlag } from '@dimmer/core';
import { createHasher, type Hasher } from '@dimmer/core/murmur3';
import type { BrakeState, Brakes } from './brakes.ts';
import { type Copying, newCopying } from './copies.ts';
import { createObservations, type Observations } from './observations.ts';

const HASHES = 2 ** 32;

/** One of them. */
export interface Launched {
  readonly key: string;
  readonly observations: Observations;
  readonly brakes: BrakeState;
  readonly copying: Copying;
  /** The rules by which it was last seen; others start the count of units anew. */
  source: RulesetFlag | undefined;
  /** Hashes the key of a unit for the sample; salted with the flag's seed, so that samples of two flags are not alike. */
  sampleHash: Hasher;
  /** Hashes the key of a unit for reports. */
  unitHash: Hasher;
}

/** What the rules say of a summary. */
export type When = Pick<LaunchSummary, 'id' | 'from' | 'to'>;

export interface LaunchedFlags {
  readonly of: (flag: Flag) => Launched;
  /** All that was observed since the last time. */
  readonly drain: (when: When) => LaunchSummary[];
}

export function createLaunchedFlags(brakes: Brakes): LaunchedFlags {
  const known = new Map<string, Launched>();
  return {
    of({ key, definition }) {
      let launched = known.get(key);
      if (!launched) {
        launched = {
          key,
          observations: createObservations(),
          brakes: brakes.newState(),
          copying: newCopying(),
        } as Launched;
        known.set(key, launched);
      }
      if (launched.source !== definition) {
        launched.source = definition;
        launched.sampleHash = createHasher(`${definition?.seed}:sample:`);
        launched.unitHash = createHasher(`${definition?.seed}:unit:`);
        launched.observations.forgetUnits();
        brakes.forgive(launched.brakes);
      }
      return launched;
    },
    drain(when) {
      const summaries: LaunchSummary[] = [];
      const isLast = brakes.isClosed();
      // None is ever forgotten, for a call that began with it may be under way; there are no more than flags.
      for (const [flag, { observations, brakes: state }] of known) {
        // Whatever they come to, nobody will hear of it any more.
        if (isLast) observations.shed('closed', state.inFlight);
        const observed = observations.drain();
        if (observed) summaries.push({ flag, ...when, ...observed });
      }
      return summaries;
    },
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

function keyOf(context: EvaluationContext | undefined): string {
  try {
    const key = context?.targetingKey;
    return typeof key === 'string' || typeof key === 'number' ? `${key}` : '';
  } catch {
    // A getter of the host's that throws is no key.
    return '';
  }
}
