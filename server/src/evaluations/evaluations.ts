import type { Audience } from '@dimmer/core';
import { OTHER } from '@dimmer/core/other';
import type { DayTotalStore } from '../figures/day-total-store.ts';
import { DayTotals } from '../figures/day-totals.ts';
import { Pruning, WriteBehind } from '../figures/write-behind.ts';
import type { Logger } from '../logger.ts';
import {
  type EvaluationCount,
  type EvaluationQuery,
  type EvaluationStore,
  type LastEvaluation,
  MOST_COUNTED,
} from './evaluation-store.ts';
import type { Summary } from './summary.ts';

const MINUTE_MS = 60_000;
const FLUSH_MS = 5_000;
const PRUNE_MS = 10 * 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/**
 * An older summary (buffered through an outage, or from a wrong clock) is counted at the present. Pages keep nothing
 * for long, and the holder of their public key must not be able to fill every minute of a day.
 */
const OLDEST_MS: Readonly<Record<Audience, number>> = { server: DAY_MS, browser: 10 * MINUTE_MS };

/** Rows in one transaction: commits of changes wait for it, a few milliseconds at most. */
const ROWS_AT_ONCE = 1_000;

/** Rows held while the store fails. Beyond them, counts are dropped and said to be. Browsers have a tenth of the room. */
const ROWS_HELD: Readonly<Record<Audience, number>> = { server: 100_000, browser: 10_000 };

/** Rows that what one environment says may make in a day, of a hundred bytes each. 1,000 flags in use make 2.9 million. */
const DAY_ROWS: Readonly<Record<Audience, number>> = { server: 10_000_000, browser: 2_000_000 };

const ROWS_READ = 50_000;

/** Which environment counts are for. */
interface Environment {
  readonly project: string;
  readonly environment: string;
}

/** And who reported them. */
interface Scope extends Environment {
  readonly audience: Audience;
}

interface EvaluationsOptions {
  readonly store: EvaluationStore;
  /** Whether the project has, or had, this flag. */
  readonly knowsFlag: (project: string, flag: string) => boolean;
  readonly knowsVariation: (project: string, flag: string, variation: string) => boolean;
  /** Days for which counts are kept. */
  readonly keepDays: number;
  /** Rows that what one environment says may make in a day. Default: ten million of servers, two of browsers. */
  readonly dayRows?: Readonly<Record<Audience, number>>;
  /** Where the sum of all servers is kept. Default: this one counts for itself. */
  readonly dayTotals?: DayTotalStore;
  /** Whether it is for this server to remove what is old. Default: it is. */
  readonly mayPrune?: () => Promise<boolean>;
  /** Told of evaluations that were dropped. */
  readonly dropped?: (evaluations: number) => void;
  readonly now: () => number;
  readonly logger: Logger;
}

/**
 * How often which flag served which variation, by the minute. Summaries are merged in memory and written every few
 * seconds: a crash loses that much of figures, never a change.
 */
export class Evaluations {
  readonly #options: EvaluationsOptions;
  readonly #counts: WriteBehind<EvaluationCount>;
  readonly #last: WriteBehind<LastEvaluation>;
  readonly #pruning: Pruning;
  #toldDropped: NodeJS.Timeout | undefined;
  readonly #days: DayTotals;
  /** Rows of the present minute that have been counted as new, by audience. */
  readonly #rows = { server: new Set<string>(), browser: new Set<string>() };
  #rowsMinute = 0;
  /** Evaluations that found no room since the last word about it. */
  #dropped = 0;

  constructor(options: EvaluationsOptions) {
    this.#options = options;
    const { dayRows: most = DAY_ROWS, dayTotals = null, now } = options;
    this.#days = new DayTotals({ figures: 'evaluations', most, now, store: dayTotals });
    const { store, logger, mayPrune, keepDays } = options;
    const common = { withinMs: FLUSH_MS, retryMs: FLUSH_MS, rowsAtOnce: ROWS_AT_ONCE, mostRows: ROWS_HELD.server };
    this.#counts = new WriteBehind({
      ...common,
      merge: (before, after) => ({ ...after, count: Math.min(before.count + after.count, MOST_COUNTED) }),
      write: (rows) => store.add(rows, []).then(() => this.#days.share()),
      dropped: (count) => this.#drop(count),
      failed: (error, rows) =>
        logger.error('Counts of evaluations cannot be written; they are kept in memory for now', {
          error: String(error),
          rows,
        }),
    });
    this.#last = new WriteBehind({
      ...common,
      merge: (before, after) => (after.at >= before.at ? after : before),
      write: (rows) => store.add([], rows),
    });
    this.#pruning = new Pruning({
      everyMs: PRUNE_MS,
      may: mayPrune,
      removeSome: async () => {
        const before = this.#options.now() - keepDays * DAY_MS;
        if ((await store.prune(before, ROWS_AT_ONCE)) === ROWS_AT_ONCE) return true;
        await this.#days.prune();
        return false;
      },
      what: 'counts of evaluations',
      logger,
    });
  }

  /** Adds a summary. Returns how many evaluations it told of, also of those that are dropped. */
  add(scope: Scope, summary: Summary): number {
    const { project, environment } = scope;
    const now = this.#options.now();
    const at = summary.to > now || summary.to < now - OLDEST_MS[scope.audience] ? now : summary.to;
    const minute = at - (at % MINUTE_MS);
    let total = 0;
    for (const { flag: named, variation: served, count } of summary.counts) {
      const flag = this.#options.knowsFlag(project, named) ? named : OTHER;
      const known = served === null || (flag !== OTHER && this.#options.knowsVariation(project, flag, served));
      const variation = known ? served : OTHER;
      total += count;
      this.#count(scope, { project, environment, flag, variation, minute, count });
      this.#touch({ project, environment, flag, at });
    }
    return total;
  }

  /** Counts by minute, oldest first; what has not been written yet is written before. */
  async read(query: EvaluationQuery): Promise<readonly EvaluationCount[]> {
    await this.flush();
    return this.#options.store.read(query, ROWS_READ);
  }

  /** When each flag of an environment, or one of them, was last evaluated; flags that never were are absent. */
  async lastEvaluations({ project, environment }: Environment, flag?: string): Promise<ReadonlyMap<string, number>> {
    await this.flush();
    const rows = await this.#options.store.lastEvaluations(project, environment, flag);
    return new Map(rows.map(({ flag, at }) => [flag, at]));
  }

  /** Writes what has been counted. Never rejects: what cannot be written is kept for the next time. */
  async flush(): Promise<void> {
    this.#tellDropped();
    await Promise.all([this.#counts.flush(), this.#last.flush()]);
  }

  /** Forgets counts that are too old. Never rejects. */
  prune(): Promise<void> {
    return this.#pruning.now();
  }

  async close(): Promise<void> {
    this.#pruning.close();
    this.#tellDropped();
    await Promise.all([this.#counts.close(), this.#last.close()]);
  }

  #count(scope: Scope, count: EvaluationCount): void {
    const name = nameOf(count);
    if (!this.#isNewRow(scope.audience, name)) this.#merge(count, ROWS_HELD[scope.audience]);
    else if (this.#days.isFull(scope)) this.#drop(count);
    else {
      this.#days.add(scope, 1);
      this.#rows[scope.audience].add(name);
      this.#merge(count, ROWS_HELD[scope.audience]);
    }
  }

  /** Whether a count will most likely make a row, and not add to one that there is: by what came in this minute. */
  #isNewRow(audience: Audience, name: string): boolean {
    const minute = Math.floor(this.#options.now() / MINUTE_MS);
    if (minute !== this.#rowsMinute) {
      this.#rowsMinute = minute;
      for (const rows of Object.values(this.#rows)) rows.clear();
    }
    const rows = this.#rows[audience];
    return rows.size < ROWS_HELD[audience] && !rows.has(name);
  }

  #drop({ count }: EvaluationCount): void {
    this.#dropped += count;
    this.#options.dropped?.(count);
    this.#toldDropped ??= setTimeout(() => this.#tellDropped(), FLUSH_MS);
  }

  #merge(count: EvaluationCount, mostRows: number): void {
    const capped = count.count > MOST_COUNTED ? { ...count, count: MOST_COUNTED } : count;
    if (!this.#counts.add(nameOf(count), capped, mostRows)) this.#drop(count);
  }

  #touch(last: LastEvaluation): void {
    this.#last.add(`${last.project}/${last.environment}/${last.flag}`, last);
  }

  #tellDropped(): void {
    clearTimeout(this.#toldDropped);
    this.#toldDropped = undefined;
    if (this.#dropped === 0) return;
    this.#options.logger.warn(
      'Counts of evaluations were dropped: too much waits to be written, or was written today',
      {
        evaluations: this.#dropped,
      },
    );
    this.#dropped = 0;
  }
}

function nameOf({ project, environment, flag, variation, minute }: EvaluationCount): string {
  return JSON.stringify([project, environment, flag, variation, minute]);
}
