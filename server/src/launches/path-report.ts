import { quantile } from '@dimmer/core/histogram';
import { type Rate, rateOf } from './intervals.ts';
import type { PathFigures } from './path-figures.ts';

/** In ms, exact to 1.6 %. */
export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** How one path did at one variation in one role. */
export interface PathReport {
  readonly variation: string;
  readonly path: 'control' | 'candidate';
  /** `answer`, `shadow`, `fallback` or `noise`. */
  readonly role: string;
  readonly operation: 'read' | 'write' | null;
  readonly calls: number;
  readonly errors: Rate;
  readonly errorClasses: Readonly<Record<string, number>>;
  /** People who met with an error, as far as their contexts name them. */
  readonly errorUnits: number;
  readonly latencyMs: Quantiles | null;
  /** CPU time, of synchronous code in shadows and beside them. */
  readonly cpuMs: Quantiles | null;
}

export function reportOnPath(figures: PathFigures): PathReport {
  const { name, calls, errors, latency, cpu, units } = figures;
  return {
    ...{ variation: name.variation, path: name.path, role: name.role, operation: name.operation ?? null, calls },
    errors: rateOf(figures.errorCount, calls),
    errorClasses: Object.fromEntries([...errors].sort(([, one], [, other]) => other - one)),
    errorUnits: units.size,
    latencyMs: quantilesOf(latency),
    cpuMs: cpu ? quantilesOf(cpu) : null,
  };
}

function quantilesOf(histogram: Float64Array): Quantiles | null {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => quantile(histogram, q));
  return p50 === undefined || p95 === undefined || p99 === undefined ? null : { p50, p95, p99 };
}
