import { randomBytes } from 'node:crypto';
import type { Audience } from '@dimmer/core';
import type { Logger } from '../logger.ts';
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
/** Minutes held while the store fails, or of very many flags. Beyond them, observations are dropped and said to be. */
const ROWS_HELD = 2_000;
/** Paths in them, likewise. Their histograms are dense: at most 16 KiB each, 160 MB in all. */
const PATHS_HELD = 10_000;
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
  /** Whether it is for this server to remove what is old. Default: it is. */
  readonly mayPrune?: () => Promise<boolean>;
  readonly now: () => number;
  readonly logger: Logger;
}

interface OpenMinute extends Omit<WrittenMinute, 'observation'> {
  readonly observed: Observed;
  /** When something was last added, ms since 1970. */
  touchedAt: number;
  isWritten: boolean;
}

/** What became of a summary: counted; of a flag that is no launch here; or dropped, because too much waits to be written. */
type Added = 'counted' | 'unknown' | 'full';

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
  #pathsHeld = 0;
  #dropped = 0;

  constructor(options: LaunchesOptions) {
    this.#options = options;
    this.#timers = [setInterval(() => void this.flush(), FLUSH_MS), setInterval(() => void this.prune(), PRUNE_MS)];
  }

  /** Adds a summary. */
  add(scope: Scope, summary: LaunchSummary): Added {
    const { knowsLaunch, now } = this.#options;
    if (!knowsLaunch(scope.project, summary.flag)) return 'unknown';
    const present = now();
    const at = summary.to > present || summary.to < present - OLDEST_MS[scope.audience] ? present : summary.to;
    const minute = this.#minute(scope, summary.flag, at - (at % MINUTE_MS));
    const added = minute?.observed.newPaths(summary.paths) ?? 0;
    if (!minute || (added > 0 && this.#pathsHeld + added > PATHS_HELD)) {
      this.#dropped += 1;
      return 'full';
    }
    this.#pathsHeld -= minute.observed.paths.size;
    minute.observed.add(summary);
    this.#pathsHeld += minute.observed.paths.size;
    minute.touchedAt = present;
    minute.isWritten = false;
    return 'counted';
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
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  /** Forgets minutes that are too old. Never rejects. */
  async prune(): Promise<void> {
    const before = this.#options.now() - KEEP_DAYS * DAY_MS;
    if (!((await this.#options.mayPrune?.()) ?? true)) return;
    try {
      while ((await this.#options.store.prune(before, PRUNE_AT_ONCE)) === PRUNE_AT_ONCE) await turn();
    } catch (error) {
      this.#options.logger.warn('Old observations of launches could not be removed', { error: String(error) });
    }
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.flush();
  }

  #minute({ project, environment, audience }: Scope, flag: string, minute: number): OpenMinute | undefined {
    const name = `${project}/${environment}/${audience}/${minute}/${flag}`;
    let open = this.#open.get(name);
    if (!open) {
      if (this.#open.size >= ROWS_HELD) return undefined;
      const touchedAt = this.#options.now();
      const writer = `${this.#process}-${++this.#opened}`;
      const observed = new Observed();
      open = { project, environment, flag, minute, audience, writer, observed, touchedAt, isWritten: true };
      this.#open.set(name, open);
    }
    return open;
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
    const since = this.#options.now() - OPEN_MS;
    for (const [name, { touchedAt, isWritten, observed }] of this.#open) {
      if (!isWritten || touchedAt > since) continue;
      this.#open.delete(name);
      this.#pathsHeld -= observed.paths.size;
    }
  }

  async #writeSome(minutes: readonly OpenMinute[]): Promise<boolean> {
    try {
      for (const minute of minutes) minute.isWritten = true;
      await this.#options.store.put(
        minutes.map(({ observed, isWritten: _, touchedAt: __, ...minute }) => {
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
    this.#options.logger.warn('Observations of launches were dropped: too many flags and minutes wait to be written', {
      summaries: this.#dropped,
    });
    this.#dropped = 0;
  }
}

/** Lets others have the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
