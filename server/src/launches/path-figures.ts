import { BUCKETS, eachBucket, type SparseHistogram, sparseOf } from '@dimmer/core/histogram';
import { OTHER } from '@dimmer/core/other';
import { jsonBytes } from '../json-bytes.ts';
import type { PathSummary } from './launch-summary.ts';
import { NUMBER_BYTES, type Room } from './room.ts';

const MAX_CLASSES = 50;
/** Units kept of one path; beyond, they are only counted. */
const MAX_UNITS = 10_000;
/** A unit as JSON, with its comma; a bucket and its count, likewise. */
const UNIT_BYTES = 11;
const BUCKET_BYTES = 5 + NUMBER_BYTES;

/** Which path: its figures can be added to each other's, and to no others. */
export type PathName = Pick<PathSummary, 'variation' | 'path' | 'role' | 'operation'>;

/** How one path did, merged over instances and time. */
export class PathFigures {
  readonly name: PathName;
  calls = 0;
  /** Found still under way after their time. */
  hanging = 0;
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

  /** @param room of the row that it will be written to; what finds none is left out there */
  add({ calls, hanging = 0, errors, latency, cpu, errorUnits }: PathSummary, room: Room): void {
    this.calls = plus(this.calls, calls);
    this.hanging = plus(this.hanging, hanging);
    for (const [errorClass, count] of Object.entries(errors)) {
      const isKnown = this.errors.has(errorClass);
      const fits = isKnown || (this.errors.size < MAX_CLASSES && room.take(jsonBytes(errorClass) + NUMBER_BYTES));
      const known = fits ? errorClass : OTHER;
      this.errors.set(known, plus(this.errors.get(known) ?? 0, count));
    }
    mergeTimes(this.latency, latency, room);
    if (cpu && cpu.length > 0) mergeTimes((this.cpu ??= new Float64Array(BUCKETS)), cpu, room);
    for (const unit of errorUnits ?? []) {
      if (this.units.size >= MAX_UNITS || this.units.has(unit)) continue;
      if (room.take(UNIT_BYTES)) this.units.add(unit);
      else room.leaveOut('units', 1);
    }
  }

  /** The same as a summary, with more classes and units than an SDK may send at once. */
  toSummary(): PathSummary {
    return {
      ...this.name,
      calls: this.calls,
      ...(this.hanging > 0 && { hanging: this.hanging }),
      errors: Object.fromEntries(this.errors),
      latency: sparseOf(this.latency),
      ...(this.cpu && { cpu: sparseOf(this.cpu) }),
      ...(this.units.size > 0 && { errorUnits: [...this.units] }),
    };
  }
}

/** Adds counts so that every sum stays a safe integer, whatever clients claim. */
export function plus(one: number, other: number): number {
  return Math.min(Number.MAX_SAFE_INTEGER, one + other);
}

/** A bucket that is new takes room; its times are left out where there is none. */
export function mergeTimes(dense: Float64Array, sparse: SparseHistogram, room: Room): void {
  eachBucket(sparse, (bucket, times) => {
    if (dense[bucket] === 0 && !room.take(BUCKET_BYTES)) room.leaveOut('times', times);
    else dense[bucket] = (dense[bucket] ?? 0) + times;
  });
}
