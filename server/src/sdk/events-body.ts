import { LAUNCH_LIMITS } from '@dimmer/core';
import { RULESET_ID } from '@dimmer/core/ruleset-id';
import { z } from 'zod';
import { rollCall } from '../instances/roll-call.ts';

/** What one request may bring. More is answered with 413, and the SDK sends it in halves. */
const EVENT_LIMITS = { counts: 1_000, receipts: 100, summaries: 100 } as const;

const LONGEST_NAME = 100;

/** Largest count of one line: a billion evaluations a second for a quarter of an hour. */
const MAX_COUNT = 1e12;

const id = z.string().regex(RULESET_ID, 'must be an id as snapshots and patches have it, e.g. 105.ab12cd34ef56');
const instant = z.number().int().nonnegative().max(8.64e15);
const identityField = z.string().max(LONGEST_NAME).nullish();

/**
 * Flag keys and variations may be anything here: what the server does not know is counted as `(other)`. An SDK with a
 * bug in one flag's name must not lose its figures for all others.
 */
const count = z.object({
  flag: z.string().max(1_024),
  variation: z.string().max(1_024).nullable(),
  count: z.number().int().positive().max(MAX_COUNT),
});

const summary = z
  .object({ id, from: instant, to: instant, counts: z.array(count) })
  .refine(({ from, to }) => from <= to, { path: ['from'], message: 'must not be after "to"' });

/** `POST /sdk/v1/events`. Unknown fields are ignored: a newer SDK may say more. */
export const eventsBody = z.object({
  batch: z.string().min(1).max(LONGEST_NAME),
  instance: identityField,
  application: identityField,
  sdk: identityField,
  client: identityField,
  receipts: z.array(z.object({ id, delayMs: z.number().nonnegative().finite().optional() })).default([]),
  summaries: z.array(summary).default([]),
  /** Why it cannot take the ruleset that it is due. */
  failure: z.object({ message: z.string().max(1_000) }).optional(),
  /** This is its last batch: it ends. */
  leaves: z.boolean().optional(),
  /** From a relay: how those below it stand. */
  rollCall: rollCall.optional(),
  /** Looked at one by one: what is wrong with one launch must not cost the figures of all others. */
  launches: z.array(z.unknown()).default([]),
});

export type EventsBody = z.infer<typeof eventsBody>;

/**
 * What of a body is too much, or `null`. Asked before its shape is looked at: a list of 500,000 things that are no
 * counts would be half a million mistakes to describe, a second of work for one request.
 */
export function tooMany(body: unknown): string | null {
  const receipts = listIn(body, 'receipts');
  const summaries = listIn(body, 'summaries');
  if (receipts.length > EVENT_LIMITS.receipts) return `${receipts.length} receipts, at most ${EVENT_LIMITS.receipts}`;
  if (summaries.length > EVENT_LIMITS.summaries)
    return `${summaries.length} summaries, at most ${EVENT_LIMITS.summaries}`;
  const launches = listIn(body, 'launches');
  if (launches.length > LAUNCH_LIMITS.launches) return `${launches.length} launches, at most ${LAUNCH_LIMITS.launches}`;
  const counts = summaries.reduce<number>((total, each) => total + listIn(each, 'counts').length, 0);
  return counts > EVENT_LIMITS.counts ? `${counts} counts, at most ${EVENT_LIMITS.counts}` : null;
}

/** The list in a field of something that may be anything; empty if there is none. */
function listIn(thing: unknown, field: string): readonly unknown[] {
  const found = (thing as Readonly<Record<string, unknown>> | null | undefined)?.[field];
  return Array.isArray(found) ? found : [];
}
