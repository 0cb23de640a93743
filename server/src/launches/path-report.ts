import { quantile } from '@dimmer/core/histogram';
import { type Rate, rateOf, Z } from './intervals.ts';
import type { PathFigures } from './path-figures.ts';

/** In ms, exact to 1.6 %. */
export interface Quantiles {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

/** Ms. */
export interface QuantileInterval {
  readonly low: number;
  readonly high: number | null;
}

/** How one path did at one variation in one role. */
export interface PathReport {
  readonly variation: string;
  readonly path: 'control' | 'candidate';
  /** `answer`, `shadow`, `fallback` or `noise`. */
  readonly role: string;
  readonly operation: 'read' | 'write' | null;
  readonly calls: number;
  /** Found still under way after their time, each counted once; it counts in `calls` only when it ends. */
  readonly hanging: number;
  readonly errors: Rate;
  readonly errorClasses: Readonly<Record<string, number>>;
  /** People who met with an error, as far as their contexts name them. */
  readonly errorUnits: number;
  readonly latencyMs: Quantiles | null;
  /**
   * 95 % interval of the p99. `high` is null while there are too few calls (fewer than 381) to say how long it may be.
   */
  readonly p99IntervalMs: QuantileInterval | null;
  /** The same of the median; `high` is null while there are fewer than 4 calls. */
  readonly p50IntervalMs: QuantileInterval | null;
  /** CPU time, of synchronous code in shadows and beside them. */
  readonly cpuMs: Quantiles | null;
}

export function reportOnPath(figures: PathFigures): PathReport {
  const { name, calls, hanging, errors, latency, cpu, units } = figures;
  return {
    variation: name.variation,
    path: name.path,
    role: name.role,
    operation: name.operation ?? null,
    calls,
    hanging,
    errors: rateOf(figures.errorCount, calls),
    errorClasses: Object.fromEntries([...errors].sort(([, one], [, other]) => other - one)),
    errorUnits: units.size,
    latencyMs: quantilesOf(latency),
    p99IntervalMs: intervalOf(latency, 0.99),
    p50IntervalMs: intervalOf(latency, 0.5),
    cpuMs: cpu ? quantilesOf(cpu) : null,
  };
}

/**
 * By order statistics, whatever the distribution: the number of times below a quantile is binomial.
 * W. J. Conover, "Practical Nonparametric Statistics", 3rd ed. (1999), section 3.2, its approximation for large samples.
 */
function intervalOf(histogram: Float64Array, share: number): QuantileInterval | null {
  const calls = histogram.reduce((sum, times) => sum + times, 0);
  const half = Z * Math.sqrt((share * (1 - share)) / calls);
  const low = quantile(histogram, Math.max(0, share - half));
  const high = share + half < 1 ? quantile(histogram, share + half) : undefined;
  return low === undefined ? null : { low, high: high ?? null };
}

export function quantilesOf(histogram: Float64Array): Quantiles | null {
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => quantile(histogram, q));
  return p50 === undefined || p95 === undefined || p99 === undefined ? null : { p50, p95, p99 };
}
