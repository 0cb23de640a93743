import { readFileSync } from 'node:fs';

/** Files left for everything but streams: requests, the database, sockets on their way out. */
const RESERVE = 512;

/** Where the limit cannot be read. */
const FALLBACK_STREAMS = 10_000;

/**
 * How many streams the limit on open files allows.
 *
 * At the limit itself Node accepts connections and closes them in silence, so streams are refused with an answer before.
 * The kernel's own table is read; Node has raised its soft limit to the hard one by then.
 */
export function streamsByFileLimit(): number {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? FALLBACK_STREAMS : Math.max(16, Number(soft) - RESERVE);
  } catch {
    return FALLBACK_STREAMS;
  }
}
