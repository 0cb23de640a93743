import { randomBytes } from 'node:crypto';
import type { Audience } from '@dimmer/core';
import { revisionIn } from '@dimmer/core/ruleset-id';
import type { DayTotalStore } from '../figures/day-total-store.ts';
import { DayTotals } from '../figures/day-totals.ts';
import { Pruning, WriteBehind } from '../figures/write-behind.ts';
import type { Logger } from '../logger.ts';
import { turn } from '../turn.ts';
import { HarmWatch } from './harm-watch.ts';
import type { Hold } from './hold.ts';
import type { LaunchCursor, LaunchMinute, LaunchQuery, LaunchStore, WrittenMinute } from './launch-store.ts';
import type { LaunchSummary } from './launch-summary.ts';
import { observationOf } from './observed.ts';
import { type OpenRow, OpenRows } from './open-rows.ts';
import type { Teller } from './source.ts';

// Why: decision 0063.
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const FLUSH_MS = 5_000;
const PRUNE_MS = 10 * MINUTE_MS;

/** Idle time after which a minute leaves memory; later reports begin a new row, which is added up when read. */
const OPEN_MS = MINUTE_MS;
/**
 * An older summary (buffered through an outage, or from a wrong clock) is counted at the present. Pages keep nothing
 * for long, and the holder of their public key must not be able to fill every minute of a day.
 */
const OLDEST_MS: Readonly<Record<Audience, number>> = { server: DAY_MS, browser: 10 * MINUTE_MS };
/** Samples are data of customers, redacted; they are not kept as long as counts. */
const KEEP_DAYS = 7;

/** Minutes in one transaction: commits of changes wait for it. */
const ROWS_AT_ONCE = 50;
/** What one environment may add to the rows of one day. A launch of two paths takes some 5 MB of it. */
const DAY_BYTES: Readonly<Record<Audience, number>> = { server: 256 * 1024 * 1024, browser: 32 * 1024 * 1024 };
/**
 * Up to this share of what would be right by this time of the day, instances and moments of a minute are kept apart: a
 * large fleet would else have used it up by the morning, and be told apart no more for the rest of the day.
 */
const DETAILED_SHARE = 0.25;
/** Beyond the day's total, only how many summaries were dropped is noted, in one row an hour. */
const HOUR_MS = 60 * MINUTE_MS;
const ROWS_READ = 200;
const PRUNE_AT_ONCE = 500;

interface Scope {
  readonly project: string;
  readonly environment: string;
  readonly audience: Audience;
}

/** A launch in an environment. */
type Place = Pick<LaunchQuery, 'project' | 'environment' | 'flag'>;

interface LaunchesOptions {
  readonly store: LaunchStore;
  /** Whether the project has a flag of this name that casts shadows. */
  readonly knowsLaunch: (project: string, flag: string) => boolean;
  /** The revision of the last change of a flag's rules. Default: not known, so nothing is kept apart by it. */
  readonly lastChange?: (project: string, environment: string, flag: string) => number;
  /** Where the sum of all servers is kept. Default: this one counts for itself. */
  readonly dayTotals?: DayTotalStore;
  /** Whether it is for this server to remove what is old. Default: it is. */
  readonly mayPrune?: () => Promise<boolean>;
  /** What one environment may add to the rows of one day. Default: 256 MiB of servers, 32 of browsers. */
  readonly dayBytes?: Readonly<Record<Audience, number>>;
  readonly now: () => number;
  readonly logger: Logger;
}

const NOBODY: Teller = { application: null, instance: null };
const NOTHING_COMPARED = { same: 0, different: 0, ignored: 0, failed: 0 } as const;

/**
 * What became of a summary: counted; of a flag that is no launch here; or dropped, because too much waits to be written,
 * or because its environment has written as much as it may in a day.
 */
type Added = 'counted' | 'unknown' | 'full' | 'day';

/**
 * What was observed of launches, by the minute. Summaries are merged in memory and written every few
 * seconds: a crash loses that much of figures, never a change.
 */
export class Launches {
  readonly #options: LaunchesOptions;
  readonly #behind: WriteBehind<OpenRow>;
  readonly #pruning: Pruning;
  readonly #timer: NodeJS.Timeout;
  readonly #rows = new OpenRows(randomBytes(6).toString('hex'));
  readonly #days: DayTotals;
  readonly #harm: HarmWatch;
  #dropped = 0;

  constructor(options: LaunchesOptions) {
    this.#options = options;
    const { dayBytes: most = DAY_BYTES, dayTotals = null, lastChange = () => 0, store, now, logger } = options;
    this.#days = new DayTotals({ figures: 'launches', most, now, store: dayTotals });
    this.#harm = new HarmWatch({ store, lastChange, now, logger });
    this.#behind = new WriteBehind({
      withinMs: FLUSH_MS,
      retryMs: FLUSH_MS,
      rowsAtOnce: ROWS_AT_ONCE,
      mostRows: Number.POSITIVE_INFINITY,
      // It is the row itself, which is added to as long as it is open; `OpenRows` bounds them.
      merge: (_, row) => row,
      write: (rows) => store.put(rows.map(writtenOf)),
      failed: (error) =>
        logger.error('Observations of launches cannot be written; they are kept in memory for now', {
          error: String(error),
        }),
    });
    this.#pruning = new Pruning({
      everyMs: PRUNE_MS,
      may: options.mayPrune,
      removeSome: async () => {
        const before = this.#options.now() - KEEP_DAYS * DAY_MS;
        if ((await store.prune(before, PRUNE_AT_ONCE)) === PRUNE_AT_ONCE) return true;
        await this.#days.prune();
        return false;
      },
      what: 'observations of launches',
      logger,
    });
    this.#timer = setInterval(() => void this.flush().then(() => this.#harm.look()), FLUSH_MS);
  }

  /** Adds a summary. `teller`: who reports it, as it names itself. */
  add(scope: Scope, { candidates = [], ...summary }: LaunchSummary, teller: Teller = NOBODY): Added {
    if (!this.#options.knowsLaunch(scope.project, summary.flag)) return 'unknown';
    const added = this.#add(scope, summary, teller);
    // Each has rows of its own: a report is about one of them.
    const { flag, id, from, to } = summary;
    for (const { name, ...seen } of candidates) {
      this.#add(scope, { flag, id, from, to, noise: NOTHING_COMPARED, ...seen }, teller, name);
    }
    return added;
  }

  /** @param candidate a further one, which it is about */
  #add(scope: Scope, summary: LaunchSummary, teller: Teller, candidate?: string): Added {
    const { lastChange, now } = this.#options;
    const present = now();
    const at = summary.to > present || summary.to < present - OLDEST_MS[scope.audience] ? present : summary.to;
    const isDayFull = this.#days.isFull(scope);
    const stepMs = isDayFull ? HOUR_MS : MINUTE_MS;
    const minute = at - (at % stepMs);
    const source = {
      // Pages are instances for as long as they are open: their names say nothing.
      application: isDayFull ? null : teller.application,
      instance: isDayFull || scope.audience === 'browser' ? null : teller.instance,
      ...(candidate !== undefined && { candidate }),
      revision: revisionIn(summary.id),
      first: at - Math.min(summary.to - summary.from, DAY_MS),
      last: at,
    };
    const changed = lastChange?.(scope.project, scope.environment, summary.flag) ?? 0;
    const place = { ...scope, flag: summary.flag, candidate, minute, endsAt: minute + stepMs };
    const elapsed = ((present % DAY_MS) + HOUR_MS) / DAY_MS;
    // Which instance it is, is seen by the figures of the one that is to go live.
    const mayDetail = candidate === undefined && !this.#days.isFull(scope, DETAILED_SHARE * elapsed);
    const row = this.#rows.find(place, source, source.revision >= changed ? changed : 0, mayDetail, present);
    if (!row) {
      this.#dropped += 1;
      return 'full';
    }
    // A new row has not been paid for yet.
    if (row.isNew) this.#days.add(scope, row.observed.bytes);
    row.isNew = false;
    const hasRoom = !isDayFull && this.#rows.hasRoomFor(row, summary);
    const grown = this.#rows.change(row, (observed) => {
      if (hasRoom) observed.add(observationOf(summary, minute));
      else observed.leaveOut();
    });
    this.#days.add(scope, grown);
    row.source = {
      ...row.source,
      revision: Math.min(row.source.revision, source.revision),
      first: Math.min(row.source.first, source.first),
      last: Math.max(row.source.last, source.last),
    };
    row.touchedAt = present;
    this.#behind.add(row.writer, row);
    if (hasRoom) {
      // A holder of a browser key must not be able to have shadows held, nor let in.
      if (summary.switchback && scope.audience === 'server') {
        const { project, environment } = scope;
        this.#harm.told({ project, environment, flag: summary.flag });
      }
      return 'counted';
    }
    this.#dropped += 1;
    return isDayFull ? 'day' : 'full';
  }

  /** How many shadows of a launch are let in at most, by what was seen last; undefined: as many as each process lets in. */
  heldTo(place: Place): Hold | undefined {
    return this.#harm.holdOf(place);
  }

  /** All launches whose shadows are held, by what was seen last. */
  held(): ReturnType<HarmWatch['held']> {
    return this.#harm.held();
  }

  /** How one is held by all that any server on this database has been told until now. */
  async seekHold(place: Place): Promise<Hold | undefined> {
    await this.flush();
    return this.#harm.seek(place);
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
  async flush(): Promise<void> {
    this.#tellDropped();
    await this.#behind.flush();
    await this.#days.share();
    this.#rows.closeIdle(this.#options.now(), OPEN_MS, ({ writer }) => this.#behind.get(writer) === undefined);
  }

  /** Forgets minutes that are too old. Never rejects. */
  prune(): Promise<void> {
    return this.#pruning.now();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#pruning.close();
    await this.flush();
    await this.#behind.close();
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

function writtenOf({ project, environment, flag, minute, audience, writer, observed, source }: OpenRow): WrittenMinute {
  const observation = { ...observed.toObservation(), source };
  return { project, environment, flag, minute, audience, writer, observation };
}
