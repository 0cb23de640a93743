/**
 * What the server says of launches whose shadows make callers wait, as the figures of all processes show and those of one
 * do not: in its answers to reports, for some minutes each time.
 */
import type { LaunchHold } from '@dimmer/core';
import type { Connection } from '../platform.ts';

/** Flags that are held at once; a server answers for those that a batch tells of. */
const MOST = 500;
const LONGEST_S = 3_600;

export interface Holds {
  /** Takes in what was answered to a batch. Throws nothing. */
  readonly heard: (answer: string) => void;
  /** Percent of a flag's calls that may have a shadow; undefined: the server says nothing of it. */
  readonly percentOf: (flag: string) => number | undefined;
  /** What is still held of these flags, with the time that is left. */
  readonly of: (flags: readonly string[]) => LaunchHold[];
}

/**
 * @param clock never goes back, ms
 * @param begun told of a flag that was not held before
 */
export function createHolds(clock: () => number, begun?: (hold: LaunchHold) => void): Holds {
  const held = new Map<string, { readonly sharePercent: number; readonly until: number }>();

  function take(said: unknown): void {
    const { flag, sharePercent, forS } = (said ?? {}) as Partial<LaunchHold>;
    if (typeof flag !== 'string' || !isWithin(sharePercent, 100) || !isWithin(forS, Number.POSITIVE_INFINITY)) return;
    const isNew = current(flag) === undefined;
    if (isNew && held.size >= MOST) for (const name of held.keys()) current(name);
    if (isNew && held.size >= MOST) return;
    held.set(flag, { sharePercent, until: clock() + 1_000 * Math.min(LONGEST_S, forS) });
    if (isNew) begun?.({ flag, sharePercent, forS });
  }

  function current(flag: string) {
    const hold = held.get(flag);
    if (!hold || clock() < hold.until) return hold;
    held.delete(flag);
    return undefined;
  }

  return {
    heard(answer) {
      // Almost every answer is `{}`.
      if (!answer.includes('"holds"')) return;
      try {
        const { holds } = JSON.parse(answer) as { readonly holds?: unknown };
        if (Array.isArray(holds)) for (const said of holds) take(said);
      } catch {
        // What is no JSON says nothing.
      }
    },
    percentOf: (flag) => current(flag)?.sharePercent,
    of: (flags) =>
      flags.flatMap((flag) => {
        const hold = current(flag);
        if (!hold) return [];
        return [{ flag, sharePercent: hold.sharePercent, forS: Math.ceil((hold.until - clock()) / 1_000) }];
      }),
  };
}

/** A connection whose answers to reports are listened to. */
export function hearing(connection: Connection, { heard }: Holds): Connection {
  return {
    ...connection,
    async request(path, body, id) {
      const answer = await connection.request(path, body, id);
      if (path === 'events') heard(answer.text);
      return answer;
    },
  };
}

function isWithin(value: unknown, most: number): value is number {
  return typeof value === 'number' && value >= 0 && value <= most;
}
