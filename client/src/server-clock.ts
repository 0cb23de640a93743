/**
 * Clock synchronisation: the server's clock, estimated from its pings. Each ping shows the offset of the two clocks
 * less its own latency, so the largest of several offsets is nearest to the truth. If latency explains all of it, the
 * clocks are taken to agree: if latency counted as offset, changes would seem to arrive earlier than they did.
 */

/** Pings in the estimate: those of a minute, after which a clock that was set is forgotten too. */
const PINGS = 4;
/** Latency that a ping may have had. */
const MAX_LATENCY_MS = 1_000;

export interface ServerClock {
  /** The server's present instant as far as it is known, ms since 1970. */
  readonly now: () => number;
  /** Notes what the server says that it is now, ms since 1970. */
  readonly heard: (at: number) => void;
}

/**
 * @param now our own clock, ms since 1970
 * @param steady the same, but nobody sets it: what was learnt by the pings stays true when the clock jumps
 */
export function createServerClock(now: () => number, steady = now): ServerClock {
  /** The server's clock at the last pings less ours when they came, ms. */
  let offsets: number[] = [];
  return {
    now() {
      if (!offsets.length) return now();
      const skewMs = Math.max(...offsets);
      return steady() + (skewMs > 0 || skewMs <= -MAX_LATENCY_MS ? skewMs : 0);
    },
    heard(at) {
      if (at > 0) offsets = [...offsets, at - steady()].slice(-PINGS);
    },
  };
}
