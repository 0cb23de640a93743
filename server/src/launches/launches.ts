import { randomBytes } from 'node:crypto';
import type { Audience } from '@dimmer/core';
import type { DayTotalStore } from '../figures/day-total-store.ts';
import { DayTotals } from '../figures/day-totals.ts';
import type { Logger } from '../logger.ts';
import { turn } from '../turn.ts';
import type { LaunchCursor, LaunchMinute, LaunchQuery, LaunchStore, WrittenMinute } from './launch-store.ts';
import type { LaunchSummary } from './launch-summary.ts';
import { Observed } from './observed.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const FLUSH_MS = 5_000;
const PRUNE_MS = 10 * MINUTE_MS;

/** A minute to which nothing came for so long leaves memory; what comes later begins a row that is added when read. */
const OPEN_MS = MINUTE_MS;
/**
 * A summary from further back is put at the present: a buffer that was kept through an outage, or a wrong clock. Pages
 * keep nothing for long, and whoever has their public key shall not have every minute of a day to fill.
 */
const OLDEST_MS: Readonly<Record<Audience, number>> = { server: DAY_MS, browser: 10 * MINUTE_MS };
/** Samples are data of customers, redacted; they are not kept as long as counts. */
const KEEP_DAYS = 7;

/** Minutes in one transaction: commits of changes wait for it. */
const ROWS_AT_ONCE = 50;
/** Of a row's JSON. What finds no room in it is left out, and the row says how much. */
const ROW_BYTES = 64 * 1024;
/**
 * What is held in memory while the store fails, or of very many flags, of each audience by itself: minutes; paths in
 * them, whose histograms are dense, at most 16 KiB each; and bytes of their JSON, which take a few times as many in
 * memory. Beyond them, observations are dropped and said to be. Whoever has the key of browsers can fill what is theirs.
 */
const HELD: Readonly<Record<Audience, { readonly rows: number; readonly paths: number; readonly bytes: number }>> = {
  server: { rows: 2_000, paths: 5_000, bytes: 16 * 1024 * 1024 },
  browser: { rows: 500, paths: 500, bytes: 2 * 1024 * 1024 },
};
/** What one environment may add to the rows of one day. A launch of two paths takes some 4 MB of it. */
const DAY_BYTES: Readonly<Record<Audience, number>> = { server: 256 * 1024 * 1024, browser: 32 * 1024 * 1024 };
/** Beyond it, only how many summaries were dropped is noted, in one row an hour. */
const HOUR_MS = 60 * MINUTE_MS;
const ROWS_READ = 200;
const PRUNE_AT_ONCE = 500;

interface Scope {
  readonly project: string;
  readonly environment: string;
  readonly audience: Audience;
}

interface LaunchesOptions {
  readonly store: LaunchStore;
  /** Whether the project has a flag of this name that casts shadows. */
  readonly knowsLaunch: (project: string, flag: string) => boolean;
  /** Where the sum of all servers is kept. Default: this one counts for itself. */
  readonly dayTotals?: DayTotalStore;
  /** Whether it is for this server to remove what is old. Default: it is. */
  readonly mayPrune?: () => Promise<boolean>;
  /** What one environment may add to the rows of one day. Default: 256 MiB of servers, 32 of browsers. */
  readonly dayBytes?: Readonly<Record<Audience, number>>;
  readonly now: () => number;
  readonly logger: Logger;
}

interface OpenMinute extends Omit<WrittenMinute, 'observation'> {
  readonly observed: Observed;
  /** When something was last added, ms since 1970. */
  touchedAt: number;
  /** Before that it stays open, ms since 1970. */
  readonly endsAt: number;
  isWritten: boolean;
}

/**
 * What became of a summary: counted; of a flag that is no launch here; or dropped, because too much waits to be written,
 * or because its environment has written as much as it may in a day.
 */
type Added = 'counted' | 'unknown' | 'full' | 'day';

/**
 * What was observed of launches, by the minute. Summaries are merged in memory and written every few seconds: a crash
 * loses that much of figures, never a change.
 */
export class Launches {
  readonly #options: LaunchesOptions;
  readonly #process = randomBytes(6).toString('hex');
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #open = new Map<string, OpenMinute>();
  #opened = 0;
  #writing: Promise<void> = Promise.resolve();
  #failing = false;
  readonly #held: Readonly<Record<Audience, { rows: number; paths: number; bytes: number }>> = {
    server: { rows: 0, paths: 0, bytes: 0 },
    browser: { rows: 0, paths: 0, bytes: 0 },
  };
  readonly #days: DayTotals;
  #dropped = 0;

  constructor(options: LaunchesOptions) {
    this.#options = options;
    const { dayBytes: most = DAY_BYTES, dayTotals = null, now } = options;
    this.#days = new DayTotals({ figures: 'launches', most, now, store: dayTotals });
    this.#timers = [setInterval(() => void this.flush(), FLUSH_MS), setInterval(() => void this.prune(), PRUNE_MS)];
  }

  /** Adds a summary. */
  add(scope: Scope, summary: LaunchSummary): Added {
    const { knowsLaunch, now } = this.#options;
    if (!knowsLaunch(scope.project, summary.flag)) return 'unknown';
    const present = now();
    const at = summary.to > present || summary.to < present - OLDEST_MS[scope.audience] ? present : summary.to;
    const isDayFull = this.#days.isFull(scope);
    const stepMs = isDayFull ? HOUR_MS : MINUTE_MS;
    const minute = this.#minute(scope, summary.flag, at - (at % stepMs), stepMs);
    if (!minute) {
      this.#dropped += 1;
      return 'full';
    }
    const { observed } = minute;
    const before = { paths: observed.paths.size, bytes: observed.bytes };
    const hasRoom = !isDayFull && this.#hasRoomFor(scope.audience, observed.newPaths(summary.paths));
    if (hasRoom) observed.add(summary);
    else observed.leaveOut();
    const held = this.#held[scope.audience];
    held.paths += observed.paths.size - before.paths;
    held.bytes += observed.bytes - before.bytes;
    this.#days.add(scope, observed.bytes - before.bytes);
    minute.touchedAt = present;
    minute.isWritten = false;
    if (hasRoom) return 'counted';
    this.#dropped += 1;
    return isDayFull ? 'day' : 'full';
  }

  /** Hands over every minute of a query, oldest first, in portions between which others have their turn. */
  async *read(query: LaunchQuery): AsyncGenerator<LaunchMinute> {
    await this.flush();
    let after: LaunchCursor | undefined;
    do {
      const { minutes, next } = await this.#options.store.read(query, ROWS_READ, after);
      yield* minutes;
      after = next;
      await turn();
    } while (after);
  }

  /** Writes what has changed. Never rejects: what cannot be written is kept for the next time. */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write()).then(() => this.#days.share());
    return this.#writing;
  }

  /** Forgets minutes that are too old. Never rejects. */
  async prune(): Promise<void> {
    const before = this.#options.now() - KEEP_DAYS * DAY_MS;
    if (!((await this.#options.mayPrune?.()) ?? true)) return;
    try {
      await this.#days.prune();
      while ((await this.#options.store.prune(before, PRUNE_AT_ONCE)) === PRUNE_AT_ONCE) await turn();
    } catch (error) {
      this.#options.logger.warn('Old observations of launches could not be removed', { error: String(error) });
    }
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.flush();
  }

  #minute(scope: Scope, flag: string, minute: number, stepMs: number): OpenMinute | undefined {
    const { project, environment, audience } = scope;
    const name = `${project}/${environment}/${audience}/${minute}/${flag}`;
    let open = this.#open.get(name);
    if (!open) {
      const held = this.#held[audience];
      if (held.rows >= HELD[audience].rows) return undefined;
      const touchedAt = this.#options.now();
      const writer = `${this.#process}-${++this.#opened}`;
      const observed = new Observed(ROW_BYTES);
      held.rows += 1;
      held.bytes += observed.bytes;
      this.#days.add(scope, observed.bytes);
      const endsAt = minute + stepMs;
      open = { project, environment, flag, minute, audience, writer, observed, touchedAt, endsAt, isWritten: true };
      this.#open.set(name, open);
    }
    return open;
  }

  #hasRoomFor(audience: Audience, newPaths: number): boolean {
    const { paths, bytes } = this.#held[audience];
    return bytes < HELD[audience].bytes && (newPaths === 0 || paths + newPaths <= HELD[audience].paths);
  }

  async #write(): Promise<void> {
    this.#tellDropped();
    const changed = [...this.#open.values()].filter(({ isWritten }) => !isWritten);
    for (let start = 0; start < changed.length; start += ROWS_AT_ONCE) {
      if (!(await this.#writeSome(changed.slice(start, start + ROWS_AT_ONCE)))) return;
      await turn();
    }
    this.#failing = false;
    this.#closeIdle();
  }

  #closeIdle(): void {
    const now = this.#options.now();
    for (const [name, { touchedAt, endsAt, isWritten, observed, audience }] of this.#open) {
      if (!isWritten || touchedAt > now - OPEN_MS || endsAt > now) continue;
      this.#open.delete(name);
      const held = this.#held[audience];
      held.rows -= 1;
      held.paths -= observed.paths.size;
      held.bytes -= observed.bytes;
    }
  }

  async #writeSome(minutes: readonly OpenMinute[]): Promise<boolean> {
    try {
      for (const minute of minutes) minute.isWritten = true;
      await this.#options.store.put(
        minutes.map(({ observed, isWritten: _, touchedAt: __, endsAt: ___, ...minute }) => {
          return { ...minute, observation: observed.toObservation() };
        }),
      );
      return true;
    } catch (error) {
      for (const minute of minutes) minute.isWritten = false;
      if (!this.#failing) {
        this.#options.logger.error('Observations of launches cannot be written; they are kept in memory for now', {
          error: String(error),
        });
      }
      this.#failing = true;
      return false;
    }
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    this.#options.logger.warn(
      'Observations of launches were dropped: too much waits to be written, or was written today',
      {
        summaries: this.#dropped,
      },
    );
    this.#dropped = 0;
  }
}
