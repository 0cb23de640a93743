import type { EvaluationCount } from '../../api/evaluations.ts';

const MINUTE_MS = 60_000;

/** A time that is looked at, and how much of it one column of the chart holds. */
export interface Range {
  readonly name: string;
  readonly lastMs: number;
  readonly stepMs: number;
}

export const RANGES: readonly Range[] = [
  { name: '1 h', lastMs: 60 * MINUTE_MS, stepMs: MINUTE_MS },
  { name: '6 h', lastMs: 360 * MINUTE_MS, stepMs: 5 * MINUTE_MS },
  { name: '24 h', lastMs: 1_440 * MINUTE_MS, stepMs: 20 * MINUTE_MS },
  { name: '7 d', lastMs: 10_080 * MINUTE_MS, stepMs: 120 * MINUTE_MS },
];

/** What was served in one step of time. */
export interface Column {
  /** Its beginning, ms since 1970. */
  readonly at: number;
  readonly total: number;
  /** By variation; `null`: the caller's default. */
  readonly counts: ReadonlyMap<string | null, number>;
}

/** Counts by the minute, summed up to columns without gaps, oldest first. */
export function columnsOf(items: readonly EvaluationCount[], to: number, { lastMs, stepMs }: Range): readonly Column[] {
  const last = Math.floor((to - 1) / stepMs) * stepMs;
  const first = last - lastMs + stepMs;
  const sums = new Map<number, Map<string | null, number>>();
  for (const { minute, variation, count } of items) {
    const at = Math.floor(minute / stepMs) * stepMs;
    const counts = sums.get(at) ?? new Map<string | null, number>();
    sums.set(at, counts.set(variation, (counts.get(variation) ?? 0) + count));
  }
  const columns: Column[] = [];
  for (let at = first; at <= last; at += stepMs) {
    const counts = sums.get(at) ?? new Map<string | null, number>();
    columns.push({ at, counts, total: [...counts.values()].reduce((sum, count) => sum + count, 0) });
  }
  return columns;
}

/** The next round number, for the top of the axis. */
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(value));
  const step = [1, 2, 5, 10].find((each) => each * magnitude >= value) ?? 10;
  return step * magnitude;
}
