import { LAUNCH_LIMITS } from '@dimmer/core';
import { LAUNCH_STAGES, MIGRATION_STAGES } from '@dimmer/core/flag-types';
import { BUCKETS, countIn, isSparse, type SparseHistogram } from '@dimmer/core/histogram';
import { OTHER } from '@dimmer/core/other';
import { z } from 'zod';

/** Largest count of one line: a billion calls a second for a quarter of an hour. */
const MAX_COUNT = 1e12;
/** As in a batch. */
const LONGEST_TELLER = 100;
const MAX_SHED_CAUSES = 30;
const MAX_NOT_COMPARED_CAUSES = 20;
const WORD = /^[A-Za-z][\w-]{0,39}$/;
/** The variations of launches and migrations. */
const STAGES: ReadonlySet<string> = new Set<string>([...LAUNCH_STAGES, ...MIGRATION_STAGES]);
/** Control characters, and those that change what stands beside them: none of them is for a person to read. */
const UNREADABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

const instant = z.number().int().nonnegative().max(8.64e15);
const count = z.number().int().nonnegative().max(MAX_COUNT);
/** A cause by the SDK's name for it, which this server may not know: a newer SDK must not lose its figures for that. */
const word = z.string().transform((said) => (WORD.test(said) ? said : OTHER));
const stage = z.string().transform((said) => (STAGES.has(said) ? said : OTHER));

/** Text that a person may read in a terminal, without control characters, which a terminal obeys instead of showing. */
const shownText = (most: number) => z.string().max(most).transform(readable);

/** Bucket and count by turns. Looked at by hand: zod's word for every number took ten times as long as the rest. */
const histogram = z.custom<SparseHistogram>(
  (value) => isSparse(value, MAX_COUNT),
  `must be bucket and count by turns: buckets below ${BUCKETS} ascending, counts positive`,
);

/** Counted before each is looked at: a hundred thousand of them would be as many mistakes to describe. */
const counts = (most: number) =>
  z
    .custom<object>(
      (value) => typeof value === 'object' && value !== null && Object.keys(value).length <= most,
      `must be an object of at most ${most} counts`,
    )
    .pipe(z.record(z.string(), count))
    .transform(readableNames);

const comparisons = z.object({ same: count, different: count, ignored: count, failed: count });

const pathSummary = z
  .object({
    variation: stage,
    path: z.enum(['control', 'candidate']),
    role: word,
    operation: z.enum(['read', 'write']).optional(),
    calls: count,
    hanging: count.optional(),
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
    ({ calls, latency, cpu = [] }) => countIn(latency) <= calls && countIn(cpu) <= calls,
    'has more times than calls',
  );

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

/** Core's `SwitchbackSummary`: whether control is slower in windows with shadows than in those without. */
const switchback = z.object({
  worse: count,
  better: count,
  longer: count.optional(),
  notLonger: count.optional(),
  with: histogram,
  without: histogram,
  sharePercent: z.number().min(0).max(100),
  stops: count,
  harmedAtPercent: z.number().min(0).max(100).optional(),
});

/** Core's `CandidateSummary`: a further candidate, beside the one that is to go live. */
const candidate = z.object({
  name: z.string().min(1).max(LAUNCH_LIMITS.candidateLength).transform(readable),
  paths: z.array(pathSummary).max(LAUNCH_LIMITS.paths),
  compared: comparisons,
  shed: counts(MAX_SHED_CAUSES),
  clusters: z.array(cluster).max(LAUNCH_LIMITS.clusters),
  notCompared: counts(MAX_NOT_COMPARED_CAUSES).optional(),
  ignoredWhole: count.optional(),
});

/** One launch in a batch of events, as `docs/protocol.md` has it. Unknown fields are ignored: a newer SDK may say more. */
export const launchSummary = z
  .object({
    flag: z.string().max(1_024),
    /** Said by a relay, which passes on what others tell. */
    application: z.string().max(LONGEST_TELLER).nullish(),
    instance: z.string().max(LONGEST_TELLER).nullish(),
    id: z.string().max(40),
    from: instant,
    to: instant,
    paths: z.array(pathSummary).max(LAUNCH_LIMITS.paths),
    compared: comparisons,
    noise: comparisons,
    shed: counts(MAX_SHED_CAUSES),
    clusters: z.array(cluster).max(LAUNCH_LIMITS.clusters),
    notCompared: counts(MAX_NOT_COMPARED_CAUSES).optional(),
    ignoredWhole: count.optional(),
    switchback: switchback.optional(),
    candidates: z.array(candidate).max(LAUNCH_LIMITS.candidates).optional(),
  })
  .refine(({ from, to }) => from <= to, { path: ['from'], message: 'must not be after "to"' });

export type LaunchSummary = z.infer<typeof launchSummary>;
export type PathSummary = LaunchSummary['paths'][number];
export type Cluster = LaunchSummary['clusters'][number];
export type Comparisons = LaunchSummary['compared'];

/** The text without what a terminal would obey instead of showing it. */
export function readable(text: string): string {
  return text.replace(UNREADABLE, ' ');
}

/** Names that are alike once they are readable are one; what was never counted is not named. */
function readableNames(named: Readonly<Record<string, number>>): Record<string, number> {
  const sums = new Map<string, number>();
  for (const [name, times] of Object.entries(named)) {
    const shown = readable(name).slice(0, LAUNCH_LIMITS.errorClassLength);
    if (times > 0) sums.set(shown, (sums.get(shown) ?? 0) + times);
  }
  return Object.fromEntries(sums);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
