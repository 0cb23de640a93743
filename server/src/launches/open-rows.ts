import type { Audience } from '@dimmer/core';
import { OTHER } from '@dimmer/core/other';
import type { WrittenMinute } from './launch-store.ts';
import type { LaunchSummary } from './launch-summary.ts';
import { Observed } from './observed.ts';
import type { Source, Teller } from './source.ts';

/** Of a row's JSON. What finds no room in it is left out, and the row says how much. */
const ROW_BYTES = 64 * 1024;
/**
 * What is held in memory while the store fails, or of very many flags, of each audience by itself: rows; paths in them,
 * whose histograms are dense, at most 16 KiB each; and bytes of their JSON, which take a few times as many in memory.
 * Beyond them, observations are dropped and said to be. A holder of a browser key can fill the room of browsers, and no
 * other.
 */
const HELD: Readonly<Record<Audience, Held>> = {
  server: { rows: 2_000, paths: 5_000, bytes: 16 * 1024 * 1024 },
  browser: { rows: 500, paths: 500, bytes: 2 * 1024 * 1024 },
};
/**
 * Rows of one flag and minute. Up to `cuts`, what does not overlap in time is kept apart, so that a report may begin
 * within a minute; up to `tellers`, each instance has its own; then each application and version, up to `applications`
 * more; and one is for all others.
 */
const MOST_ROWS = {
  server: { cuts: 6, tellers: 16, applications: 8 },
  browser: { cuts: 2, tellers: 4, applications: 4 },
} as const;
/** Of what may be held: beyond it, instances and moments are not kept apart any more. */
const DETAILED_SHARE = 0.5;

interface Held {
  readonly rows: number;
  readonly paths: number;
  readonly bytes: number;
}

/** Where and when something was observed, and by whose rules. */
export interface Place {
  readonly project: string;
  readonly environment: string;
  readonly flag: string;
  readonly audience: Audience;
  /** A further candidate; absent: the one that is to go live. */
  readonly candidate?: string | undefined;
  /** Start and end of its minute, ms since 1970. */
  readonly minute: number;
  readonly endsAt: number;
}

/** A row that is still added to. */
export interface OpenRow extends Omit<WrittenMinute, 'observation'> {
  readonly observed: Observed;
  source: Source;
  /** The last change of the flag's rules that all of it comes after; 0: not all of it does. */
  readonly era: number;
  /** When something was last added, ms since 1970. */
  touchedAt: number;
  /** Before that it stays open, ms since 1970. */
  readonly endsAt: number;
  /** Nothing has been added to it yet. */
  isNew: boolean;
}

/** The rows of the present minutes, in memory, and how much they take up. */
export class OpenRows {
  readonly #process: string;
  readonly #groups = new Map<string, OpenRow[]>();
  readonly #held: Readonly<Record<Audience, { -readonly [Part in keyof Held]: number }>> = {
    server: { rows: 0, paths: 0, bytes: 0 },
    browser: { rows: 0, paths: 0, bytes: 0 },
  };
  #opened = 0;

  /** @param process a name that no other process has: each row has another below it */
  constructor(process: string) {
    this.#process = process;
  }

  /**
   * The row that something belongs to, which may be a new one; undefined if no more can be held.
   *
   * @param mayDetail whether there is room to keep instances and moments apart
   */
  find(place: Place, source: Source, era: number, mayDetail: boolean, now: number): OpenRow | undefined {
    const { project, environment, audience, minute, flag, candidate } = place;
    const key = `${project}/${environment}/${audience}/${minute}/${flag}/${candidate ?? ''}`;
    const rows = this.#groups.get(key) ?? [];
    const isDetailed = mayDetail && !this.#isFilled(audience, DETAILED_SHARE);
    const found = choose(rows, source, era, { ...MOST_ROWS[audience], isDetailed });
    if ('observed' in found) return found;
    const held = this.#held[audience];
    if (held.rows >= HELD[audience].rows) return undefined;
    const row: OpenRow = {
      ...place,
      writer: `${this.#process}-${++this.#opened}`,
      observed: new Observed(ROW_BYTES),
      source: { ...source, ...found.teller },
      era: found.era,
      touchedAt: now,
      isNew: true,
    };
    held.rows += 1;
    held.bytes += row.observed.bytes;
    rows.push(row);
    this.#groups.set(key, rows);
    return row;
  }

  hasRoomFor({ audience, observed }: OpenRow, summary: LaunchSummary): boolean {
    const { paths, bytes } = this.#held[audience];
    const added = observed.newPaths(summary);
    return bytes < HELD[audience].bytes && (added === 0 || paths + added <= HELD[audience].paths);
  }

  /** Changes what a row has observed. Returns by how many bytes it has grown. */
  change({ audience, observed }: OpenRow, act: (observed: Observed) => void): number {
    const before = { paths: observed.pathsHeld, bytes: observed.bytes };
    act(observed);
    const held = this.#held[audience];
    held.paths += observed.pathsHeld - before.paths;
    held.bytes += observed.bytes - before.bytes;
    return observed.bytes - before.bytes;
  }

  /** Lets go of rows that are written, and to which nothing came since. What comes later begins a row of its own. */
  closeIdle(now: number, idleMs: number, isWritten: (row: OpenRow) => boolean): void {
    for (const [key, rows] of this.#groups) {
      const kept = rows.filter((row) => {
        const { touchedAt, endsAt, observed, audience } = row;
        if (!isWritten(row) || touchedAt > now - idleMs || endsAt > now) return true;
        const held = this.#held[audience];
        held.rows -= 1;
        held.paths -= observed.pathsHeld;
        held.bytes -= observed.bytes;
        return false;
      });
      if (kept.length > 0) this.#groups.set(key, kept);
      else this.#groups.delete(key);
    }
  }

  #isFilled(audience: Audience, share: number): boolean {
    const { rows, paths, bytes } = this.#held[audience];
    const most = HELD[audience];
    return rows >= share * most.rows || paths >= share * most.paths || bytes >= share * most.bytes;
  }
}

interface NewRow {
  readonly teller: Teller;
  readonly era: number;
}

interface Limits {
  readonly cuts: number;
  readonly tellers: number;
  readonly applications: number;
  readonly isDetailed: boolean;
}

/** Which of the rows of one flag and minute something belongs to, or what is to be kept apart in a new one. */
function choose(
  rows: readonly OpenRow[],
  { application, instance, first, last }: Source,
  era: number,
  { cuts, tellers, applications, isDetailed }: Limits,
): OpenRow | NewRow {
  const its = rows.filter(({ source, era: of }) => {
    return source.application === application && source.instance === instance && of === era;
  });
  const overlapping = its.find(({ source }) => first < source.last && source.first < last);
  const newest = overlapping ?? (isDetailed && rows.length < cuts ? undefined : its.at(-1));
  if (newest) return newest;
  if (isDetailed && rows.length < tellers) return { teller: { application, instance }, era };

  const merged = { application, instance: instance === null ? null : OTHER };
  const ofAll = rows.find(({ source, era: of }) => isTold(source, merged) && of === era);
  if (ofAll) return ofAll;
  if (rows.length < tellers + applications) return { teller: merged, era };

  const others = { application: OTHER, instance: OTHER };
  return rows.find(({ source }) => isTold(source, others)) ?? { teller: others, era: 0 };
}

function isTold(source: Source, { application, instance }: Teller): boolean {
  return source.application === application && source.instance === instance;
}
