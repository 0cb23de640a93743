import type { CloseReason, SseStream } from './sse-stream.ts';

// Why: decision 0026.
/** Ending 10,000 streams in one turn stalls the event loop for more than half a second. */
const SLICE = 500;

/** Lowest rate of the drain, in streams a second: a few streams are gone at once. */
const LEAST_RATE_PER_S = 500;

const TICK_MS = 20;

/** Clients come back after a random time up to this, so that they do not come all at once. */
const RECONNECT_MS = 5_000;

interface GoodbyeOptions {
  /** The goodbyes are spread over at most this time. 0 = as fast as slices allow. */
  readonly overMs: number;
  readonly reason: CloseReason;
  readonly random: () => number;
}

/**
 * Connection draining: sends each stream a `goodbye` with a reconnect delay of its own, spread evenly over the drain.
 *
 * @returns resolves when every stream has had its goodbye; their sockets may close a little later
 */
export async function sayGoodbye(streams: readonly SseStream[], options: GoodbyeOptions): Promise<void> {
  const overMs = Math.min(options.overMs, (streams.length / LEAST_RATE_PER_S) * 1_000);
  const startedAt = performance.now();
  for (let sent = 0; sent < streams.length; ) {
    const elapsed = performance.now() - startedAt;
    const due =
      overMs === 0 ? streams.length : Math.ceil((streams.length * Math.min(elapsed + TICK_MS, overMs)) / overMs);
    const until = Math.min(due, sent + SLICE);
    for (; sent < until; sent += 1) streams[sent]?.goodbye(Math.round(options.random() * RECONNECT_MS), options.reason);
    if (sent < streams.length) await pause(sent < due ? 0 : TICK_MS);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    if (ms === 0) setImmediate(resolve);
    else setTimeout(resolve, ms);
  });
}
