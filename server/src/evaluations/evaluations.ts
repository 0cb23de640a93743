import type { Logger } from '../logger.ts';
import {
  type EvaluationCount,
  type EvaluationQuery,
  type EvaluationStore,
  type LastEvaluation,
  MOST_COUNTED,
} from './evaluation-store.ts';
import type { Summary } from './summary.ts';

/** What a summary calls by a name that this server does not know. Bounds the rows that a confused SDK can make. */
export const OTHER = '(other)';

const MINUTE_MS = 60_000;
const FLUSH_MS = 5_000;
const PRUNE_MS = 10 * 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A summary from further back is counted at the present: a buffer that was kept through an outage, or a wrong clock. */
const OLDEST_MS = DAY_MS;

/** Rows in one transaction: commits of changes wait for it, a few milliseconds at most. */
const ROWS_AT_ONCE = 1_000;

/** Rows held while the store fails. Beyond them, counts are dropped and said to be. */
const ROWS_HELD = 100_000;

const ROWS_READ = 50_000;

/** Which environment counts are for. */
interface Environment {
  readonly project: string;
  readonly environment: string;
}

interface EvaluationsOptions {
  readonly store: EvaluationStore;
  /** Whether the project has, or had, this flag. */
  readonly knowsFlag: (project: string, flag: string) => boolean;
  readonly knowsVariation: (project: string, flag: string, variation: string) => boolean;
  /** Days for which counts are kept. */
  readonly keepDays: number;
  /** Whether it is for this server to remove what is old. Default: it is. */
  readonly mayPrune?: () => Promise<boolean>;
  readonly now: () => number;
  readonly logger: Logger;
}

/**
 * How often which flag served which variation, by the minute. Summaries are merged in memory and written every few
 * seconds: a crash loses that much of figures, never a change.
 */
export class Evaluations {
  readonly #options: EvaluationsOptions;
  readonly #timers: readonly NodeJS.Timeout[];
  #counts = new Map<string, EvaluationCount>();
  #last = new Map<string, LastEvaluation>();
  #writing: Promise<void> = Promise.resolve();
  #failing = false;
  /** Evaluations that found no room since the last word about it. */
  #dropped = 0;

  constructor(options: EvaluationsOptions) {
    this.#options = options;
    this.#timers = [setInterval(() => void this.flush(), FLUSH_MS), setInterval(() => void this.prune(), PRUNE_MS)];
  }

  /** Adds a summary. Returns how many evaluations it told of. */
  add({ project, environment }: Environment, summary: Summary): number {
    const now = this.#options.now();
    const at = summary.to > now || summary.to < now - OLDEST_MS ? now : summary.to;
    const minute = at - (at % MINUTE_MS);
    let total = 0;
    for (const { flag: named, variation: served, count } of summary.counts) {
      const flag = this.#options.knowsFlag(project, named) ? named : OTHER;
      const known = served === null || (flag !== OTHER && this.#options.knowsVariation(project, flag, served));
      const variation = known ? served : OTHER;
      total += count;
      this.#merge({ project, environment, flag, variation, minute, count });
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
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  /** Forgets counts that are too old. Never rejects. */
  async prune(): Promise<void> {
    const before = this.#options.now() - this.#options.keepDays * DAY_MS;
    if (!((await this.#options.mayPrune?.()) ?? true)) return;
    try {
      while ((await this.#options.store.prune(before, ROWS_AT_ONCE)) === ROWS_AT_ONCE) await turn();
    } catch (error) {
      this.#options.logger.warn('Old counts of evaluations could not be removed', { error: String(error) });
    }
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await this.flush();
  }

  #merge(count: EvaluationCount): void {
    const name = JSON.stringify([count.project, count.environment, count.flag, count.variation, count.minute]);
    const before = this.#counts.get(name);
    if (before === undefined && this.#counts.size >= ROWS_HELD) {
      this.#dropped += count.count;
      return;
    }
    const sum = Math.min((before?.count ?? 0) + count.count, MOST_COUNTED);
    this.#counts.set(name, { ...count, count: sum });
  }

  #touch(last: LastEvaluation): void {
    const name = `${last.project}/${last.environment}/${last.flag}`;
    if (last.at >= (this.#last.get(name)?.at ?? 0) && (this.#last.has(name) || this.#last.size < ROWS_HELD))
      this.#last.set(name, last);
  }

  async #write(): Promise<void> {
    this.#tellDropped();
    const counts = [...this.#counts.values()];
    const last = [...this.#last.values()];
    if (counts.length === 0 && last.length === 0) return;
    this.#counts = new Map();
    this.#last = new Map();
    for (let start = 0; start < Math.max(counts.length, last.length); start += ROWS_AT_ONCE) {
      const end = start + ROWS_AT_ONCE;
      try {
        await this.#options.store.add(counts.slice(start, end), last.slice(start, end));
      } catch (error) {
        this.#keep(counts.slice(start), last.slice(start), error);
        return;
      }
      await turn();
    }
    this.#failing = false;
  }

  #tellDropped(): void {
    if (this.#dropped === 0) return;
    this.#options.logger.warn('Counts of evaluations were dropped: too many flags and minutes wait to be written', {
      evaluations: this.#dropped,
    });
    this.#dropped = 0;
  }

  #keep(counts: readonly EvaluationCount[], last: readonly LastEvaluation[], error: unknown): void {
    for (const count of counts) this.#merge(count);
    for (const each of last) this.#touch(each);
    if (this.#failing) return;
    this.#failing = true;
    this.#options.logger.error('Counts of evaluations cannot be written; they are kept in memory for now', {
      error: String(error),
      rows: counts.length,
    });
  }
}

/** Lets others have the event loop. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
