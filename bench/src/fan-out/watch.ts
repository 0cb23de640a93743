/**
 * Watches the process that imports it: memory, CPU time and the lag of the event loop, told by message when asked. A
 * message `reset` begins a new interval, `read` ends it.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';

/** What a process has spent since the last `reset`. */
export interface Vitals {
  readonly cpuMs: number;
  /** How late the event loop was, ms, beyond the resolution of the measurement. */
  readonly loopP99Ms: number;
  readonly loopMaxMs: number;
  /** Resident set after a garbage collection, if the process was started with `--expose-gc`. */
  readonly rssBytes: number;
}

/** How often the event loop is looked at. Every reading is late by this when nothing is wrong. */
const RESOLUTION_MS = 5;

const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
let before = process.cpuUsage();

process.on('message', (message) => {
  if (message === 'reset') {
    delay.reset();
    before = process.cpuUsage();
  }
  if (message === 'read') process.send?.(read());
});

function read(): Vitals {
  const { user, system } = process.cpuUsage(before);
  const late = (ns: number) => Math.max(0, ns / 1e6 - RESOLUTION_MS);
  const vitals = {
    cpuMs: (user + system) / 1_000,
    loopP99Ms: late(delay.percentile(99)),
    loopMaxMs: late(delay.max),
  };
  globalThis.gc?.();
  return { ...vitals, rssBytes: process.memoryUsage().rss };
}
