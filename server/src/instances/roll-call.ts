import { BUCKETS, bucketOf, mergeInto } from '@dimmer/core/histogram';
import { z } from 'zod';
import { cleaned } from '../http/text-rule.ts';
import type { Instance } from './instance.ts';
import { revisionIn } from './instance.ts';

/** Names of those who are behind; of the rest there is a number. */
const NAMES = 100;
/** Ids of which it is told how long they took. */
const DELAYS = 5;
/** Ids that a roll call tells apart; who is at an older one still counts as connected. */
const IDS = 50;

const count = z.number().int().nonnegative().max(1e9);
const text = (most: number) => z.string().max(most).transform(cleaned);
const name = text(100).nullable();
const id = z.string().regex(/^\d{1,16}\.[0-9a-f]{12}$/);

/** How the instances below a relay stand, in numbers, and by name where somebody wants a name. */
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
    .array(z.object({ instance: name, application: name, sdk: name, appliedId: id.nullable(), via: text(500) }))
    .max(NAMES),
});

export type RollCall = z.infer<typeof rollCall>;

/** Puts together how all instances stand: those that are connected here, and those that relays among them tell of. */
export function callRoll(instances: readonly Instance[]): RollCall {
  let connected = 0;
  let silent = 0;
  const applied = new Map<string, number>();
  const delays = new Map<string, { dense: Float64Array; maxMs: number }>();
  const behind: RollCall['behind'] = [];
  const note = (appliedId: string, more: number) => applied.set(appliedId, (applied.get(appliedId) ?? 0) + more);
  const delaysOf = (appliedId: string) => {
    let found = delays.get(appliedId);
    if (!found) delays.set(appliedId, (found = { dense: new Float64Array(BUCKETS), maxMs: 0 }));
    return found;
  };
  for (const each of instances) {
    if (each.streams === 0) continue;
    const below = each.rollCall;
    if (below) {
      connected += below.connected;
      silent += below.silent;
      for (const { id: appliedId, count: more } of below.applied) note(appliedId, more);
      for (const { id: appliedId, histogram, maxMs } of below.delays) {
        const found = delaysOf(appliedId);
        mergeInto(found.dense, histogram.filter(isBucketOrCount));
        found.maxMs = Math.max(found.maxMs, maxMs);
      }
      for (const one of below.behind)
        behind.push({ ...one, via: [each.instance ?? '?', one.via].filter(Boolean).join(' > ') });
      continue;
    }
    connected += 1;
    if (!each.sendsReceipts) {
      silent += 1;
      continue;
    }
    const { instance, application, sdk, appliedId, delayMs } = each;
    behind.push({ instance, application, sdk, appliedId, via: '' });
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
    applied: [...applied]
      .map(([appliedId, all]) => ({ id: appliedId, count: all }))
      .sort(newest)
      .slice(0, IDS),
    delays: [...delays]
      .map(([appliedId, { dense, maxMs }]) => ({ id: appliedId, histogram: sparse(dense), maxMs }))
      .sort(newest)
      .slice(0, DELAYS),
    behind: behind
      .sort((one, other) => revisionIn(one.appliedId ?? '') - revisionIn(other.appliedId ?? ''))
      .slice(0, NAMES),
  };
}

/** A bucket outside the histogram, from whoever sent it, is left out with its count. */
function isBucketOrCount(_: number, index: number, all: readonly number[]): boolean {
  return (all[index - (index % 2)] ?? BUCKETS) < BUCKETS && index - (index % 2) + 1 < all.length;
}

function sparse(dense: Float64Array): number[] {
  const found: number[] = [];
  dense.forEach((all, bucket) => {
    if (all > 0) found.push(bucket, all);
  });
  return found;
}
