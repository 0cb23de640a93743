import { LAUNCH_LIMITS } from '@dimmer/core';
import { BUCKETS } from '@dimmer/core/histogram';
import { z } from 'zod';

/** Largest count of one line: a billion calls a second for a quarter of an hour. */
const MAX_COUNT = 1e12;
const MAX_SHED_CAUSES = 30;
const WORD_CHARACTERS = 20;

const instant = z.number().int().nonnegative().max(8.64e15);
const count = z.number().int().nonnegative().max(MAX_COUNT);
/** A word of the SDK's that this server may not know yet: a newer SDK must not lose its figures for one more cause. */
const word = z
  .string()
  .regex(/^[A-Za-z-]+$/)
  .max(WORD_CHARACTERS);

/** Bucket and count by turns. Looked at by hand: zod's word for every number took ten times as long as the rest. */
const histogram = z.custom<readonly number[]>(
  isHistogram,
  `must be bucket and count by turns: buckets below ${BUCKETS} ascending, counts positive`,
);

const counts = (most: number) =>
  z
    .record(z.string().max(LAUNCH_LIMITS.errorClassLength), count)
    .refine((named) => Object.keys(named).length <= most, `has more than ${most} names`);

const comparisons = z.object({ same: count, different: count, ignored: count, failed: count });

const pathSummary = z
  .object({
    variation: z.string().max(128),
    path: z.enum(['control', 'candidate']),
    role: word,
    operation: z.enum(['read', 'write']).optional(),
    calls: count,
    errors: counts(LAUNCH_LIMITS.errorClasses),
    latency: histogram,
    cpu: histogram.optional(),
    errorUnits: z
      .array(z.string().regex(/^[0-9a-f]{8}$/))
      .max(LAUNCH_LIMITS.errorUnits)
      .optional(),
  })
  .refine(({ calls, errors }) => sum(Object.values(errors)) <= calls, 'has more errors than calls')
  .refine(
    ({ calls, latency, cpu = [] }) => timed(latency) <= calls && timed(cpu) <= calls,
    'has more times than calls',
  );

/** What a person may have to read. Line breaks and the like would let a sample pretend to be something else. */
const shownText = (most: number) =>
  z
    .string()
    .max(most)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .transform((text) => text.replace(/[\u0000-\u001f\u007f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, ' '));

const cluster = z.object({
  path: shownText(LAUNCH_LIMITS.clusterPathLength),
  kind: word,
  count,
  samples: z
    .array(
      z.object({
        control: shownText(LAUNCH_LIMITS.sampleLength),
        candidate: shownText(LAUNCH_LIMITS.sampleLength),
        at: instant,
      }),
    )
    .max(LAUNCH_LIMITS.samples),
});

/** One launch in a batch of events, as `docs/protocol.md` has it. Unknown fields are ignored: a newer SDK may say more. */
export const launchSummary = z
  .object({
    flag: z.string().max(1_024),
    id: z.string().max(40),
    from: instant,
    to: instant,
    paths: z.array(pathSummary).max(LAUNCH_LIMITS.paths),
    compared: comparisons,
    noise: comparisons,
    shed: counts(MAX_SHED_CAUSES),
    clusters: z.array(cluster).max(LAUNCH_LIMITS.clusters),
  })
  .refine(({ from, to }) => from <= to, { path: ['from'], message: 'must not be after "to"' });

export type LaunchSummary = z.infer<typeof launchSummary>;
export type PathSummary = LaunchSummary['paths'][number];
export type Cluster = LaunchSummary['clusters'][number];
export type Comparisons = LaunchSummary['compared'];

function isHistogram(value: unknown): boolean {
  if (!Array.isArray(value) || value.length > 2 * BUCKETS || value.length % 2 !== 0) return false;
  let last = -1;
  for (let i = 0; i < value.length; i += 2) {
    const [bucket, times] = [value[i], value[i + 1]];
    if (!Number.isInteger(bucket) || bucket <= last || bucket >= BUCKETS) return false;
    if (!Number.isInteger(times) || times <= 0 || times > MAX_COUNT) return false;
    last = bucket;
  }
  return true;
}

function timed(latency: readonly number[]): number {
  return sum(latency.filter((_, index) => index % 2 === 1));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
