/** The report as OpenAPI describes it; `report.ts` makes it. */
import { z } from '@hono/zod-openapi';

const instant = z.number().int().openapi({ description: 'Milliseconds since 1970.' });
const nullableNumber = z.number().nullable();

const rate = z
  .object({ count: z.number(), of: z.number(), rate: nullableNumber, low: z.number(), high: z.number() })
  .openapi('Rate', { description: 'A share of a whole, 0–1, with its 95 % interval (Wilson).' });

const difference = z
  .object({ difference: nullableNumber, low: z.number(), high: z.number() })
  .openapi('RateDifference', { description: 'A difference of two rates, with its 95 % interval (Newcombe).' });

const quantiles = z
  .object({ p50: z.number(), p95: z.number(), p99: z.number() })
  .openapi('Quantiles', { description: 'Exact to 1.6 %.' });

const path = z
  .object({
    variation: z.string(),
    path: z.enum(['control', 'candidate']),
    role: z.string().openapi({ description: '`answer`, `shadow`, `fallback` or `noise`.' }),
    operation: z.enum(['read', 'write']).nullable(),
    calls: z.number(),
    errors: rate,
    errorClasses: z.record(z.string(), z.number()),
    errorUnits: z.number().openapi({ description: 'People who met with an error.' }),
    latencyMs: quantiles.nullable(),
    p99IntervalMs: z
      .object({ low: z.number(), high: nullableNumber })
      .nullable()
      .openapi({ description: '95 % interval of the p99; `high` is null while there are too few calls to say.' }),
    cpuMs: quantiles.nullable(),
  })
  .openapi('LaunchPath');

const comparison = z
  .object({
    variation: z.string(),
    operation: z.enum(['read', 'write']).nullable(),
    control: path,
    candidate: path,
    errors: difference,
    latencyMs: quantiles.nullable(),
    latencyRatio: quantiles.nullable(),
  })
  .openapi('LaunchComparison');

const cluster = z
  .object({
    path: z.string().openapi({ description: 'JSON pointer to where results differ first; indexes are `*`.' }),
    kind: z.string(),
    count: z.number(),
    share: z.number(),
    audience: z.enum(['all', 'server', 'browser']).openapi({
      description: 'By whose word. `browser`: of whoever has the public key of browsers, and of no server.',
    }),
    samples: z.array(z.object({ control: z.string(), candidate: z.string(), at: instant })),
  })
  .openapi('LaunchCluster');

export const launchReportAnswer = z
  .object({
    flag: z.string(),
    type: z.enum(['launch', 'migration']),
    environment: z.string(),
    from: instant,
    to: instant,
    on: z.boolean(),
    shares: z.array(z.object({ variation: z.string(), percent: z.number() })),
    rules: z.number().int(),
    killed: z.object({ by: z.string(), at: instant, reason: z.string() }).nullable(),
    dials: z.looseObject({}),
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
    failed: z.number(),
    clusters: z.array(cluster),
    shadows: z.number(),
    shed: z.array(z.object({ cause: z.string(), count: z.number(), share: z.number() })),
    audience: z.enum(['all', 'server', 'browser']),
    audiences: z
      .object({ server: z.number(), browser: z.number() })
      .openapi({ description: 'Calls by whose word they are. Browser keys are public.' }),
    leftOut: z
      .object({
        summaries: z.number().openapi({ description: 'Not counted at all: too much waited, or was written in a day.' }),
        calls: z.number().openapi({ description: 'Of paths that were not counted.' }),
        times: z.number().openapi({ description: 'Missing from latencies; their calls were counted.' }),
        units: z.number().openapi({ description: 'People who met with an error and are not counted as such.' }),
        samples: z.number(),
      })
      .openapi({ description: 'What of the window found no room: the figures are without it.' }),
    stepMs: z.number().int().openapi({ description: 'From point to point of `minutes`: of at most 1,500.' }),
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
  .openapi('LaunchReport');
