import { BUCKETS, bucketOf, mergeInto, sparseOf } from '@dimmer/core/histogram';
import { RULESET_ID, revisionIn } from '@dimmer/core/ruleset-id';
import { z } from 'zod';
import { cleaned } from '../cleaned.ts';
import { failureOf, type Instance, isPresent, lastSeenAt, thereUntil } from './instance.ts';

/** Names of those who are behind; of the rest there is a number. */
const NAMES = 100;
/** Ids of which it is told how long they took. */
const DELAYS = 5;
/** Ids that a roll call tells apart; who is at an older one still counts as connected. */
const IDS = 50;

/** Groups of those that have gone, by id and quarter of a minute. */
const LOST = 100;
const LOST_TOGETHER_MS = 15_000;
/** Of why somebody cannot take a ruleset. */
export const FAILURE_CHARACTERS = 300;

const count = z.number().int().nonnegative().max(1e9);
const text = (most: number) => z.string().max(most).transform(cleaned);
const name = text(100).nullable();
const id = z.string().regex(RULESET_ID);

/** Aggregated state of the instances below a relay: numbers, and names where names are needed. */
export const rollCall = z.object({
  /** SDKs connected, whether or not they say what they have applied. */
  connected: count,
  /** Of these, those that never say. */
  silent: count,
  /** How many last said to have applied which id. */
  applied: z.array(z.object({ id, count })).max(IDS),
  /** How long the newest ids took to be applied: a histogram (docs/protocol.md), and the longest, ms. */
  delays: z
    .array(z.object({ id, histogram: z.array(count).max(2 * BUCKETS), maxMs: z.number().nonnegative() }))
    .max(DELAYS),
  /** Those furthest behind. */
  behind: z
    .array(
      z.object({
        instance: name,
        application: name,
        sdk: name,
        appliedId: id.nullable(),
        via: text(500),
        failure: text(FAILURE_CHARACTERS).nullable().default(null),
        /** It has no stream: it takes what is new when it asks again. */
        polls: z.boolean().optional(),
      }),
    )
    .max(NAMES),
  /** Relays to which only browsers come: how many do is told by a key that anybody has, and is not counted. */
  unprovenRelays: count.default(0),
  /** Those that have not been heard of since: how many had last applied which id, and for how long the last has surely been gone. */
  lost: z
    .array(z.object({ id: id.nullable(), count, agoMs: z.number().nonnegative() }))
    .max(LOST)
    .default([]),
});

export type RollCall = z.infer<typeof rollCall>;

/** Puts together how all instances stand: those that are connected here, and those that relays among them tell of. */
export function callRoll(instances: readonly Instance[], now: number): RollCall {
  let connected = 0;
  let silent = 0;
  let unprovenRelays = 0;
  const applied = new Map<string, number>();
  const delays = new Map<string, { dense: Float64Array; maxMs: number }>();
  const behind: RollCall['behind'] = [];
  const lost = new Map<string, RollCall['lost'][number]>();
  const note = (appliedId: string, more: number) => applied.set(appliedId, (applied.get(appliedId) ?? 0) + more);
  const delaysOf = (appliedId: string) => {
    let found = delays.get(appliedId);
    if (!found) delays.set(appliedId, (found = { dense: new Float64Array(BUCKETS), maxMs: 0 }));
    return found;
  };
  for (const each of instances) {
    if (!isPresent(each, now)) {
      noteLost(lost, each, now);
      continue;
    }
    const below = each.rollCall;
    if (below) {
      connected += below.connected;
      silent += below.silent;
      unprovenRelays += below.unprovenRelays ?? 0;
      for (const { id: appliedId, count: more } of below.applied) note(appliedId, more);
      for (const { id: appliedId, histogram, maxMs } of below.delays) {
        const found = delaysOf(appliedId);
        mergeInto(found.dense, histogram);
        found.maxMs = Math.max(found.maxMs, maxMs);
      }
      // What they tell of the lost was so when they told it.
      for (const [index, one] of below.lost.entries())
        lost.set(`${each.instance} ${index}`, {
          ...one,
          agoMs: one.agoMs + Math.max(0, now - (each.rollCallAt ?? now)),
        });
      for (const one of below.behind)
        behind.push({ ...one, via: [each.instance ?? '?', one.via].filter(Boolean).join(' > ') });
      continue;
    }
    if (each.unprovenAt !== null) unprovenRelays += 1;
    const clients = clientsOf(each);
    connected += clients;
    if (!each.sendsReceipts) {
      silent += clients;
      continue;
    }
    const { instance, application, sdk, delayMs } = each;
    const failure = failureOf(each)?.message ?? null;
    // What one of several has said, the others have not.
    const appliedId = failure === null ? each.appliedId : null;
    const how = each.streams === 0 ? { polls: true } : {};
    behind.push({ instance, application, sdk, appliedId: each.appliedId, via: '', failure, ...how });
    for (let other = 1; other < Math.min(clients, NAMES); other += 1)
      behind.push({ instance, application, sdk, appliedId: null, via: '', failure: null });
    if (appliedId === null) continue;
    note(appliedId, 1);
    if (delayMs === null) continue;
    const found = delaysOf(appliedId);
    found.dense[bucketOf(delayMs)]! += 1;
    found.maxMs = Math.max(found.maxMs, delayMs);
  }
  const newest = (one: { id: string }, other: { id: string }) => revisionIn(other.id) - revisionIn(one.id);
  return {
    connected,
    silent,
    unprovenRelays,
    applied: [...applied]
      .map(([appliedId, all]) => ({ id: appliedId, count: all }))
      .sort(newest)
      .slice(0, IDS),
    delays: [...delays]
      .map(([appliedId, { dense, maxMs }]) => ({ id: appliedId, histogram: sparseOf(dense), maxMs }))
      .sort(newest)
      .slice(0, DELAYS),
    behind: behind
      .sort(
        (one, other) =>
          Number(other.failure !== null) - Number(one.failure !== null) ||
          revisionIn(one.appliedId ?? '') - revisionIn(other.appliedId ?? ''),
      )
      .slice(0, NAMES),
    lost: [...lost.values()].sort((one, other) => one.agoMs - other.agoMs).slice(0, LOST),
  };
}

/** How many clients stand behind one entry: one that has a name of its own is one, however often it is connected. */
function clientsOf({ client, streams }: Instance): number {
  return client == null ? Math.max(1, streams) : 1;
}

/** Those that said that they end, and those that never say what they apply, are not missed. */
function noteLost(lost: Map<string, RollCall['lost'][number]>, each: Instance, now: number): void {
  const count = each.lostBelow ?? 1;
  if (count === 0 || each.leftAt !== null || !each.sendsReceipts || lastSeenAt(each) === 0) return;
  const agoMs = Math.max(0, now - thereUntil(each));
  const key = `${each.appliedId} ${Math.floor(agoMs / LOST_TOGETHER_MS)}`;
  const known = lost.get(key);
  lost.set(key, {
    id: each.appliedId,
    count: count + (known?.count ?? 0),
    agoMs: Math.min(agoMs, known?.agoMs ?? agoMs),
  });
}
