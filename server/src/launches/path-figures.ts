import { LAUNCH_LIMITS } from '@dimmer/core';
import { BUCKETS, mergeInto } from '@dimmer/core/histogram';
import type { PathSummary } from './launch-summary.ts';

/** Error classes beyond those that are kept by name. */
const OTHER = '(other)';
const MAX_CLASSES = 50;
/** Units kept of one path; beyond, they are only counted. */
const MAX_UNITS = 10_000;

/** Which path: its figures can be added to each other's, and to no others. */
export type PathName = Pick<PathSummary, 'variation' | 'path' | 'role' | 'operation'>;

/** How one path did, merged over instances and time. */
export class PathFigures {
  readonly name: PathName;
  calls = 0;
  readonly errors = new Map<string, number>();
  readonly latency = new Float64Array(BUCKETS);
  /** Made when there is something to put in. */
  cpu: Float64Array | undefined;
  readonly units = new Set<string>();

  constructor({ variation, path, role, operation }: PathName) {
    this.name = { variation, path, role, ...(operation && { operation }) };
  }

  get errorCount(): number {
    let total = 0;
    for (const count of this.errors.values()) total += count;
    return total;
  }

  add({ calls, errors, latency, cpu, errorUnits }: PathSummary): void {
    this.calls = plus(this.calls, calls);
    for (const [errorClass, count] of Object.entries(errors)) {
      const known = this.errors.has(errorClass) || this.errors.size < MAX_CLASSES ? errorClass : OTHER;
      this.errors.set(known, plus(this.errors.get(known) ?? 0, count));
    }
    mergeInto(this.latency, latency);
    if (cpu && cpu.length > 0) mergeInto((this.cpu ??= new Float64Array(BUCKETS)), cpu);
    for (const unit of errorUnits ?? []) if (this.units.size < MAX_UNITS) this.units.add(unit);
  }

  /** The same as a summary, with more classes and units than an SDK may send at once. */
  toSummary(): PathSummary {
    return {
      ...this.name,
      calls: this.calls,
      errors: Object.fromEntries(this.errors),
      latency: sparse(this.latency),
      ...(this.cpu && { cpu: sparse(this.cpu) }),
      ...(this.units.size > 0 && { errorUnits: [...this.units].slice(0, LAUNCH_LIMITS.errorUnits) }),
    };
  }
}

/** Adds counts so that every sum stays a safe integer, whatever clients claim. */
export function plus(one: number, other: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, one + other);
}

function sparse(dense: Float64Array): number[] {
  const listed: number[] = [];
  dense.forEach((count, bucket) => {
    if (count > 0) listed.push(bucket, Math.min(Number.MAX_SAFE_INTEGER, count));
  });
  return listed;
}
