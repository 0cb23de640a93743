import { readFileSync } from 'node:fs';
import type { Config } from '../config.ts';
import type { Logger } from '../logger.ts';

/** Files left for everything but streams: requests, the database, sockets on their way out. */
const RESERVE = 512;

/** Of these, files left for everything but connections: the database, the log, connections on their way out. */
const FILES_BESIDE_CONNECTIONS = 128;

/** Where nothing is configured and the limit cannot be read. */
const DEFAULT_STREAMS = 10_000;

/** What the configuration lets a hub take. */
export function hubLimits({ maxStreams, streamsPerSecond, browsersPerAddress }: Config, logger: Logger) {
  return { maxStreams: streamLimit(maxStreams, logger), newPerSecond: streamsPerSecond, browsersPerAddress };
}

/**
 * How many streams to hold at once: as many as were asked for, and as the limit on open files allows.
 *
 * At the limit itself Node accepts connections and closes them in silence, so streams are refused with an answer before.
 *
 * @param wanted `null`: as many as can be
 */
export function streamLimit(wanted: number | null, logger: Logger): number {
  const possible = streamsByFileLimit();
  if (possible === null) return wanted ?? DEFAULT_STREAMS;
  if (wanted === null || wanted <= possible) return wanted ?? possible;
  logger.warn('DIMMER_MAX_STREAMS is more than the limit on open files allows; raise it with ulimit -n', {
    wanted,
    possible,
  });
  return possible;
}

/** Connections of any kind that a server may hold: at the limit itself, Node closes new ones without a word. */
export function connectionLimit(): number {
  const files = openFileLimit();
  return files === null ? Number.POSITIVE_INFINITY : Math.max(32, files - FILES_BESIDE_CONNECTIONS);
}

function streamsByFileLimit(): number | null {
  const files = openFileLimit();
  return files === null ? null : Math.max(16, files - RESERVE);
}

/** Read from the kernel's own table; Node has raised its soft limit to the hard one by then. `null`: not on Linux. */
function openFileLimit(): number | null {
  try {
    const soft = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
}
