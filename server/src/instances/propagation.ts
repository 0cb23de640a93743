import type { Audience } from '@dimmer/core';
import { BUCKETS, mergeInto, quantile } from '@dimmer/core/histogram';
import { revisionIn } from '@dimmer/core/ruleset-id';
import type { Instance } from './instance.ts';
import { callRoll, type RollCall } from './roll-call.ts';

// Why: decision 0115.
/** Names of stragglers that an answer holds. */
const NAMES = 100;

/** A client that lives and can reach a server is back, or polls, within this time. Who left before is gone. */
const AROUND_MS = 60_000;

/** What is asked about: whether a change has reached everybody. */
export interface Target {
  /** The ids of the rulesets right after the change. */
  readonly ids: Readonly<Record<Audience, string>>;
  /** When it was committed, ms since 1970. */
  readonly at: number;
  /** Where the log ends. Who claims to be further has applied another history. */
  readonly headRevision: number;
  /** The present instant, ms since 1970. */
  readonly now: number;
}

/** One that is connected and has not said that it has applied a change. */
interface Straggler {
  readonly instance: string | null;
  readonly application: string | null;
  readonly sdk: string | null;
  readonly appliedId: string | null;
  /** The relays it is connected through, the nearest to this server first; empty: to this server itself. */
  readonly via: string;
  /** Why it cannot take it, as it or the server reports; `null`: that is not known. */
  readonly failure: string | null;
  /** It has no stream: it takes the change when it asks again, and does not hang. */
  readonly polls?: boolean;
}

/** How many have come how far. */
interface PropagationCounts {
  /** SDKs connected, through relays too. */
  readonly connected: number;
  /** Of these, those that have said to have applied it, or something later. */
  readonly applied: number;
  readonly pending: number;
  /** Connected, and never say what they apply. */
  readonly silent: number;
}

/**
 * How far a change has come. Whether it is complete is a matter of SDKs with server keys: a browser key is public, and
 * whoever has it could hold up, or feign, what somebody on call waits for.
 */
export interface Propagation extends PropagationCounts {
  /**
   * Every SDK with a server key that says what it applies has said so of this, and there is at least one: where nobody is
   * connected nothing is confirmed, and where somebody was lost around the change it is not known.
   */
  readonly complete: boolean;
  /** SDKs that were, or may have been, there around the change, or after it, and have not been heard of since: not a word that they have it. */
  readonly lost: number;
  /** The same of browsers, of which one in ten says what it applies. */
  readonly browsers: PropagationCounts & {
    /**
     * Relays to which only browsers come. Each counts as one: a holder of the public key could name any number below.
     */
    readonly unprovenRelays: number;
  };
  /** From the commit until it was applied, ms, of those that applied exactly this id last; `null`: of none. */
  readonly delayMs: { readonly count: number; readonly p50: number; readonly p99: number; readonly max: number } | null;
  /** By name, those furthest behind; at most 100. */
  readonly stragglers: readonly Straggler[];
  /** Instances, connected or not, that have told of evaluations by older rules since the commit, and not applied it after these; and when last. */
  readonly evaluatingOlder: { readonly instances: number; readonly lastAt: number | null };
}

/** How far a change has come among these instances. */
export function propagationOf(instances: readonly Instance[], target: Target): Propagation {
  const servers = instances.filter(({ audience }) => audience === 'server');
  const roll = callRoll(servers, target.now);
  const reached = (id: string) => hasReached(id, target.ids.server, target);
  const browsers = callRoll(
    instances.filter(({ audience }) => audience === 'browser'),
    target.now,
  );
  const counts = countsOf(roll, reached);
  const lost = roll.lost.reduce((sum, { id, count, agoMs }) => {
    const isOfNow = target.now - agoMs >= target.at - AROUND_MS;
    return sum + (isOfNow && !(id !== null && reached(id)) ? count : 0);
  }, 0);
  const older = servers.filter(
    ({ evaluatedId, evaluatedAt, ...instance }) =>
      evaluatedId !== null &&
      (evaluatedAt ?? 0) > target.at &&
      !reached(evaluatedId) &&
      !hasAppliedSince(instance, evaluatedAt ?? 0, reached),
  );
  return {
    complete: counts.applied > 0 && counts.pending === 0 && lost === 0,
    ...counts,
    lost,
    browsers: {
      ...countsOf(browsers, (id) => hasReached(id, target.ids.browser, target)),
      unprovenRelays: browsers.unprovenRelays,
    },
    delayMs: delaysOf(roll, target.ids.server),
    stragglers: roll.behind
      .filter(({ appliedId, failure }) => failure !== null || appliedId === null || !reached(appliedId))
      .slice(0, NAMES)
      .map(({ instance, application, sdk, appliedId, via, failure, polls }) => {
        return { instance, application, sdk, appliedId, via, failure, ...(polls && { polls }) };
      }),
    evaluatingOlder: {
      instances: older.length,
      lastAt: older.reduce<number | null>((last, { evaluatedAt }) => Math.max(last ?? 0, evaluatedAt ?? 0), null),
    },
  };
}

function countsOf({ connected, silent, applied: ids }: RollCall, reached: Reached): PropagationCounts {
  const applied = ids.reduce((sum, { id, count }) => sum + (reached(id) ? count : 0), 0);
  // Each server and relay tells the truth of its own instant; in between, somebody may be counted on one side only.
  return { connected, applied, pending: Math.max(0, connected - silent - applied), silent };
}

/**
 * Whether an instance has obeyed after it evaluated so: until the change arrived it did so with every right, and has told
 * of it a little later.
 */
function hasAppliedSince(
  instance: Pick<Instance, 'appliedId' | 'appliedAt'>,
  sinceMs: number,
  reached: Reached,
): boolean {
  const { appliedId, appliedAt } = instance;
  return appliedId !== null && reached(appliedId) && (appliedAt ?? 0) >= sinceMs;
}

/** Whether somebody who has applied an id has what is asked about. */
type Reached = (id: string) => boolean;

/** An id is a revision and a hash of its history: one of another history has not reached it, whatever its number. */
function hasReached(id: string, dueId: string, target: Target): boolean {
  const revision = revisionIn(id);
  const due = revisionIn(dueId);
  if (revision === due) return id === dueId;
  return revision > due && revision <= target.headRevision;
}

function delaysOf(roll: RollCall, id: string): Propagation['delayMs'] {
  const found = roll.delays.find((each) => each.id === id);
  if (!found) return null;
  const dense = new Float64Array(BUCKETS);
  mergeInto(dense, found.histogram);
  const p50 = quantile(dense, 0.5);
  const p99 = quantile(dense, 0.99);
  return p50 === undefined || p99 === undefined
    ? null
    : { count: sumOf(dense), p50: Math.min(p50, found.maxMs), p99: Math.min(p99, found.maxMs), max: found.maxMs };
}

function sumOf(counts: Float64Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
