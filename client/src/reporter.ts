/**
 * Tells the server what was applied and what was evaluated. At most one batch is on its way; while the server is away
 * the counters simply go on counting, so an outage costs no memory and loses no count, unless the id changes often.
 */
import type { Answer, Connection, Platform } from './platform.ts';
import { retryDelayMs } from './retry-policy.ts';

const FLUSH_MS = 10_000;
/** What the server takes in one batch. */
const MAX_COUNTS = 1_000;
const MAX_RECEIPTS = 100;
/** However often rules change, receipts are not sent more often than this. */
const LEAST_BETWEEN_MS = 1_000;

/** How often a flag served a variation; `null` is the caller's default. */
export interface Count {
  readonly flag: string;
  readonly variation: string | null;
  readonly count: number;
}

/** How often which flag served which variation, at one id and between two instants (ms since 1970). */
export interface Summary {
  readonly id: string;
  readonly from: number;
  readonly to: number;
  readonly counts: readonly Count[];
}

interface Receipt {
  readonly id: string;
  readonly delayMs?: number | undefined;
}

export class Reporter {
  readonly #connection: Connection;
  readonly #platform: Platform;
  readonly #identity: object;
  /** Empties the counters into `summarise`. */
  readonly #drain: () => void;
  readonly #sendsReceipts: boolean;
  #receipts: Receipt[] = [];
  #summaries: Summary[] = [];
  /** The text of the batch that is on its way or waits to be sent again. */
  #batch: string | undefined;
  #sending: Promise<void> | undefined;
  #failures = 0;
  #sentAt = 0;
  #hasComplained = false;
  #isClosed = false;
  #isSoon = false;
  #cancelTimer: (() => void) | undefined;

  constructor(connection: Connection, platform: Platform, identity: object, drain: () => void) {
    this.#connection = connection;
    this.#platform = platform;
    this.#identity = identity;
    this.#drain = drain;
    this.#sendsReceipts = platform.random() < platform.reporting.receiptShare;
    this.#flushIn(FLUSH_MS * platform.random());
  }

  /** Notes that an id has been applied; `delayMs` after the change, if that is known. */
  receipt(id: string, delayMs?: number): void {
    if (!this.#sendsReceipts) return;
    // The newest says most.
    this.#receipts = [...this.#receipts, { id, delayMs }].slice(-MAX_RECEIPTS);
    // While the server does not take reports, the next try is set already, and is not to be hurried.
    if (this.#isSoon || this.#failures) return;
    this.#isSoon = true;
    const { now, random, reporting } = this.#platform;
    const pauseMs = Math.max(0, this.#sentAt + LEAST_BETWEEN_MS - now());
    this.#flushIn(pauseMs + random() * reporting.receiptSpreadMs);
  }

  /** Notes counts. They are cut to what one batch may hold. */
  summarise(summary: Summary): void {
    const { counts } = summary;
    for (let start = 0; start < counts.length; start += MAX_COUNTS) {
      if (this.#summaries.length < this.#platform.reporting.maxPending) {
        this.#summaries.push({ ...summary, counts: counts.slice(start, start + MAX_COUNTS) });
      } else if (!this.#hasComplained) {
        this.#hasComplained = true;
        this.#platform.log('REPORTS_DROPPED', `${counts.length - start} counts at ${summary.id}`);
      }
    }
  }

  /** Sends what there is; resolves when it is sent, or has failed and waits for its next time. Never rejects. */
  readonly flush = (): Promise<void> => {
    this.#sending ??= this.#sendAll().then((delayMs) => {
      this.#sending = undefined;
      this.#flushIn(delayMs);
    });
    return this.#sending;
  };

  /** Sends what is left, once, and then no more. */
  async close(): Promise<void> {
    await this.#sending;
    this.#isClosed = true;
    await this.flush();
  }

  /** Answers how long to wait before the next time, ms. */
  async #sendAll(): Promise<number> {
    this.#isSoon = false;
    if (!this.#batch) this.#drain();
    while ((this.#batch ??= this.#nextBatch())) {
      this.#sentAt = this.#platform.now();
      const answer = await this.#connection.request('events', this.#batch);
      if (isWorthAnotherTry(answer)) {
        return retryDelayMs({ ...answer, failures: this.#failures++ }, this.#platform.random);
      }
      this.#failures = 0;
      this.#batch = undefined;
    }
    return FLUSH_MS;
  }

  #flushIn(delayMs: number): void {
    this.#cancelTimer?.();
    if (!this.#isClosed) this.#cancelTimer = this.#platform.after(delayMs, this.flush);
  }

  /** The text of the next batch. Its name stays the same however often it is sent, so that it is counted once. */
  #nextBatch(): string | undefined {
    const { now, random } = this.#platform;
    const receipts = this.#receipts;
    const summaries: Summary[] = [];
    let room = MAX_COUNTS;
    for (const summary of this.#summaries) {
      room -= summary.counts.length;
      if (room >= 0) summaries.push(summary);
    }
    if (!summaries.length && !receipts.length) return undefined;
    this.#summaries = this.#summaries.slice(summaries.length);
    this.#receipts = [];
    const batch = now().toString(36) + random().toString(36).slice(1);
    return JSON.stringify({ batch, ...this.#identity, receipts, summaries });
  }
}

/** What was too large or not understood will not be taken the second time either. */
function isWorthAnotherTry({ status }: Answer): boolean {
  return (status < 200 || status > 299) && ![400, 413, 422].includes(status);
}
