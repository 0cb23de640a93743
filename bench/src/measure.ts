import type { Question } from './participant.ts';
import { ask } from './question.ts';

export interface Pace {
  /** How long everything is asked before anything is measured. */
  readonly warmUpMs: number;
  /** About how long one measured batch takes. */
  readonly batchMs: number;
  readonly batches: number;
}

/**
 * Nanoseconds of CPU time per call: the median over the batches. CPU time of the whole process, so garbage collection
 * and background compilation on other threads are paid for, and a busy neighbour on the machine is not.
 */
export async function measureCpuNs(question: Question<unknown>, counted: unknown, pace: Pace): Promise<number> {
  const count = await warmUp(question, counted, pace);
  const samples: number[] = [];
  for (let batch = 0; batch < pace.batches; batch += 1) {
    const before = process.cpuUsage();
    await ask(question, count, counted);
    const spent = process.cpuUsage(before);
    samples.push(((spent.user + spent.system) * 1_000) / count);
  }
  return median(samples);
}

/** Asks until the engine has compiled what it will, and answers how many calls make one batch. */
async function warmUp(question: Question<unknown>, counted: unknown, pace: Pace): Promise<number> {
  const end = performance.now() + pace.warmUpMs;
  let count = 16;
  let callMs = 0;
  while (performance.now() < end) {
    const start = performance.now();
    await ask(question, count, counted);
    const tookMs = performance.now() - start;
    callMs = tookMs / count;
    if (tookMs < 20) count *= 2;
  }
  return Math.max(1, Math.round(pace.batchMs / callMs));
}

/**
 * How many calls are measured, from few to many: few, because even kilobytes each must fit the young generation that
 * the child is started with; then more, as soon as they fit too, because the measurement itself leaves some 200 KB.
 */
const STEPS = [
  { calls: 20_000, enoughAboveBytes: 20 },
  { calls: 5_000_000, enoughAboveBytes: 1 },
  { calls: 50_000_000, enoughAboveBytes: Number.NEGATIVE_INFINITY },
];

/**
 * Bytes of heap that one call leaves behind, measured as the growth of the used heap with a young generation large
 * enough that nothing is collected meanwhile. Needs `--expose-gc` and a large `--min-semi-space-size`.
 */
export async function measureBytesPerCall(question: Question<unknown>, counted: unknown): Promise<number> {
  await ask(question, 200_000, counted);
  let bytes = 0;
  for (const { calls, enoughAboveBytes } of STEPS) {
    bytes = await heapGrowth(question, counted, calls);
    if (bytes > enoughAboveBytes) break;
  }
  return bytes;
}

async function heapGrowth(question: Question<unknown>, counted: unknown, calls: number): Promise<number> {
  // Twice: the first run may still compile, and what it compiles is no garbage of the calls.
  await ask(question, calls, counted);
  globalThis.gc?.();
  const before = process.memoryUsage().heapUsed;
  await ask(question, calls, counted);
  return (process.memoryUsage().heapUsed - before) / calls;
}

export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle] ?? Number.NaN;
  return ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2;
}

/** The value below which the given share of the samples lies. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = samples.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
