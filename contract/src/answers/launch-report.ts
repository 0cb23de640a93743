/** The report as OpenAPI describes it; `report.ts` makes it. */
import { z } from 'zod';
import { storedDials } from '../documents/dials.ts';
import { killedField } from '../documents/targeting.ts';
import type { Immutable } from '../immutable.ts';

const instant = z.number().int().meta({ description: 'Milliseconds since 1970.' });
const nullableNumber = z.number().nullable();

const rate = z
  .object({ count: z.number(), of: z.number(), rate: nullableNumber, low: z.number(), high: z.number() })
  .meta({ id: 'Rate', description: 'A share of a whole, 0–1, with its 95 % interval (Wilson).' });

const difference = z
  .object({ difference: nullableNumber, low: z.number(), high: z.number() })
  .meta({ id: 'RateDifference', description: 'A difference of two rates, with its 95 % interval (Newcombe).' });

const quantiles = z
  .object({ p50: z.number(), p95: z.number(), p99: z.number() })
  .meta({ id: 'Quantiles', description: 'Exact to 1.6 %.' });

const quantileInterval = z
  .object({ low: z.number(), high: nullableNumber })
  .meta({ id: 'QuantileInterval', description: 'Ms; `high` is null while there are too few calls to say.' });

const causeCount = z.object({
  cause: z.string(),
  words: z.string().meta({ description: 'The cause for people.' }),
  count: z.number(),
  share: z.number(),
});

const harm = z
  .object({
    worse: z.number().meta({ description: 'Pairs of windows in which control was slower with shadows.' }),
    better: z.number(),
    evidence: z.number().meta({ description: 'An e-value: at 100, one in a hundred is a false alarm at most.' }),
    seen: z.boolean(),
    slight: z.object({ longer: z.number(), of: z.number(), seen: z.boolean() }).meta({
      description:
        'Pairs in which control was longer on average by more than 5 % and 0.1 ms. Nothing is stopped for it.',
    }),
    withMs: quantiles.nullable(),
    withoutMs: quantiles.nullable(),
    sharePercent: z.object({ low: z.number(), high: z.number() }).meta({
      description: 'Of the calls, how many may have a shadow now; the lowest and highest of all processes.',
    }),
    stops: z.number().meta({ description: 'How often shadows were stopped because callers were slower with them.' }),
    harmedAtPercent: nullableNumber,
    hold: z.object({ sharePercent: z.number(), at: instant }).nullable().meta({
      description: 'Of the calls, how many may have a shadow in every process, by the figures of all; `at`: seen last.',
    }),
  })
  .meta({ id: 'LaunchHarm', description: 'Whether callers are slower while shadows run. Null: nobody has said.' });

const teller = {
  calls: z.number(),
  errors: z.number(),
  compared: z.number(),
  different: z.number(),
  first: instant,
  last: instant,
};

const path = z
  .object({
    variation: z.string(),
    path: z.enum(['control', 'candidate']),
    role: z.string().meta({ description: '`answer`, `shadow`, `fallback` or `noise`.' }),
    operation: z.enum(['read', 'write']).nullable(),
    calls: z.number(),
    hanging: z.number().meta({
      description: 'Calls found still under way after their time. Each counts in `calls` only when it ends.',
    }),
    errors: rate,
    errorClasses: z.record(z.string(), z.number()),
    errorUnits: z.number().meta({ description: 'People who met with an error.' }),
    latencyMs: quantiles.nullable(),
    p99IntervalMs: quantileInterval.nullable().meta({ description: '95 % interval of the p99.' }),
    p50IntervalMs: quantileInterval.nullable().meta({ description: '95 % interval of the median.' }),
    cpuMs: quantiles.nullable(),
  })
  .meta({ id: 'LaunchPath' });

const comparison = z
  .object({
    variation: z.string(),
    operation: z.enum(['read', 'write']).nullable(),
    control: path,
    candidate: path,
    against: z.enum(['beside', 'elsewhere', 'before']).meta({
      description: 'Where control was seen: in the same calls, with other people meanwhile, or before the window.',
    }),
    errors: difference,
    latencyMs: quantiles.nullable(),
    latencyRatio: quantiles.nullable(),
  })
  .meta({ id: 'LaunchComparison' });

const cluster = z
  .object({
    path: z.string().meta({ description: 'JSON pointer to where results differ first; indexes are `*`.' }),
    kind: z.string(),
    count: z.number(),
    share: z.number(),
    audience: z.enum(['all', 'server', 'browser']).meta({
      description: 'By whose word. `browser`: of whoever has the public key of browsers, and of no server.',
    }),
    samples: z.array(z.object({ control: z.string(), candidate: z.string(), at: instant })),
  })
  .meta({ id: 'LaunchCluster' });

export const launchReportAnswer = z
  .object({
    flag: z.string(),
    type: z.enum(['launch', 'migration']),
    environment: z.string(),
    from: instant,
    to: instant,
    since: z
      .object({ revision: z.number().int(), at: instant })
      .nullable()
      .meta({ description: 'The change that `from=change` begins at.' }),
    filter: z.object({
      application: z.string().nullable(),
      version: z.string().nullable(),
      instance: z.string().nullable(),
      candidate: z.string().nullable(),
    }),
    on: z.boolean(),
    shares: z.array(z.object({ variation: z.string(), percent: z.number() })),
    rules: z.number().int(),
    killed: killedField.nullable(),
    dials: storedDials,
    verdict: z.object({
      ready: z.boolean(),
      sentence: z.string(),
      reasons: z.array(z.object({ code: z.string(), sentence: z.string() })),
    }),
    paths: z.array(path),
    comparisons: z.array(comparison),
    mismatches: rate,
    noise: rate,
    excess: difference,
    ignored: z.number(),
    ignoredWhole: z.number().meta({
      description: 'Of `ignored`, where it is told: they hold nothing that is not ignored.',
    }),
    failed: z.number(),
    notCompared: z
      .array(causeCount)
      .meta({ description: 'Why those of `failed` were not compared, where it is told.' }),
    clusters: z.array(cluster),
    shadows: z.number(),
    shed: z.array(causeCount),
    harm: harm.nullable(),
    audience: z.enum(['all', 'server', 'browser']),
    audiences: z
      .object({ server: z.number(), browser: z.number() })
      .meta({ description: 'Calls by whose word they are. Browser keys are public.' }),
    applications: z
      .array(z.object({ application: z.string().nullable(), version: z.string().nullable(), ...teller }))
      .meta({ description: 'Who has told of it, the newest first; whatever the report was narrowed down to.' }),
    instances: z
      .array(z.object({ instance: z.string().nullable(), application: z.string().nullable(), ...teller }))
      .meta({ description: 'Those that fail and differ most first.' }),
    candidates: z
      .array(z.object({ candidate: z.string(), ...teller }))
      .meta({ description: 'Further candidates that have run, whatever the report was narrowed down to.' }),
    edgeCalls: z.number().meta({
      description: 'Calls reported in one piece with others outside the window: the figures are without them.',
    }),
    leftOut: z
      .object({
        summaries: z.number().meta({ description: 'Not counted at all: too much waited, or was written in a day.' }),
        calls: z.number().meta({ description: 'Of paths that were not counted.' }),
        times: z.number().meta({ description: 'Missing from latencies; their calls were counted.' }),
        units: z.number().meta({ description: 'People who met with an error and are not counted as such.' }),
        samples: z.number(),
      })
      .meta({ description: 'What of the window found no room: the figures are without it.' }),
    stepMs: z.number().int().meta({ description: 'From point to point of `minutes`: of at most 1,500.' }),
    minutes: z.array(
      z.object({
        minute: instant,
        calls: z.number(),
        errors: z.number(),
        compared: z.number(),
        different: z.number(),
      }),
    ),
  })
  .meta({ id: 'LaunchReport' });

export type LaunchReport = Immutable<z.output<typeof launchReportAnswer>>;
