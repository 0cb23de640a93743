import { type Connection, createHolds, createReporter, hearing, type Reporter, type Summary } from '@dimmer/client';
import { LAUNCH_LIMITS, type LaunchHold } from '@dimmer/core';
import { OTHER } from '@dimmer/core/other';
import type { RollCall } from '../instances/roll-call.ts';
import type { Logger } from '../logger.ts';
import { flagsTold } from '../sdk/event-sink.ts';
import type { EventsBody } from '../sdk/events-body.ts';

/** Debounce of roll calls: sent this long after the first news, and not more often than the interval. */
const ROLL_CALL = { soonMs: 50, leastBetweenMs: 200 } as const;
/** Counts of flags and variations held, over all ids; observations of launches held. More are dropped, and said to be. */
const COUNTS_HELD = 50_000;
const LAUNCHES_HELD = 500;
/** Characters of them as JSON, held and in one batch; one that is longer goes alone. */
const LAUNCH_LENGTH_HELD = 8 * 1024 * 1024;
const LAUNCH_LENGTH_SENT = 80_000;
/** Ids of which counts are held; of more than a few there is a storm of changes, or somebody makes them up. */
const IDS_HELD = 100;
/** No flag and no variation has a longer key: the server above counts what it does not know as one. */
const LONGEST_KEY = 128;

/** The relay's own receipts come at once: it speaks for many. */
const LIMITS = { receiptShare: 1, receiptSpreadMs: 20, maxCounts: 300, maxLaunchLength: 500_000, maxPending: 200 };

interface RelayReportsOptions {
  readonly connection: Connection;
  /** Who the relay is, to the server above. */
  readonly identity: { readonly instance: string; readonly sdk: string };
  readonly now: () => number;
  readonly logger: Logger;
  readonly roll: () => RollCall;
}

interface Sum {
  from: number;
  to: number;
  readonly counts: Map<string, { readonly flag: string; readonly variation: string | null; count: number }>;
}

/**
 * Aggregation: reports of the SDKs below, for the server above: counts are added up, who has applied what becomes a
 * roll call, observations of launches are passed on. It is sent by the SDK's own reporter, with its one way to try again.
 */
export class RelayReports {
  readonly #options: RelayReportsOptions;
  readonly #reporter: Reporter;
  /** What the server above has answered of launches. */
  readonly #holds = createHolds(() => performance.now());
  readonly #sums = new Map<string, Sum>();
  #launches: { readonly launch: unknown; readonly length: number }[] = [];
  #launchLength = 0;
  #held = 0;
  #hasNews = false;
  #soon: NodeJS.Timeout | null = null;
  #sentAt = 0;
  #hasComplained = false;

  constructor(options: RelayReportsOptions) {
    this.#options = options;
    const { connection, identity, now, logger } = options;
    const log = (_: string, detail: string) => logger.warn('Reports to the server above were dropped', { detail });
    this.#reporter = createReporter({
      connection: hearing(connection, this.#holds),
      identity,
      now,
      random: Math.random,
      after,
      log,
      limits: LIMITS,
      drain: () => this.#drain(),
      more: () => this.#more(),
    });
  }

  /** Adds what an SDK reports. */
  take({ summaries, launches, application, instance }: EventsBody): void {
    for (const { id, from, to, counts } of summaries) {
      if (counts.length === 0) continue;
      const sum = this.#sum(id, from, to);
      if (sum === null) {
        this.#complain();
        continue;
      }
      for (const { flag: named, variation: served, count } of counts) {
        const flag = short(named);
        const variation = served === null ? null : short(served);
        const name = JSON.stringify([flag, variation]);
        const known = sum.counts.get(name);
        if (known) known.count += count;
        else if (this.#held >= COUNTS_HELD) this.#complain();
        else {
          this.#held += 1;
          sum.counts.set(name, { flag, variation, count });
        }
      }
    }
    for (const said of launches) {
      // In the batch of the relay they would be the relay's own. What another relay has said already stays.
      const launch = typeof said === 'object' && said !== null ? { application, instance, ...said } : said;
      const { length } = JSON.stringify(launch);
      if (this.#launches.length >= LAUNCHES_HELD || this.#launchLength + length > LAUNCH_LENGTH_HELD) this.#complain();
      else {
        this.#launches.push({ launch, length });
        this.#launchLength += length;
      }
    }
  }

  /** What the server above says of the launches that a batch tells of. */
  holds(body: EventsBody): readonly LaunchHold[] {
    return this.#holds.of(flagsTold(body));
  }

  /** Something about the instances below has changed: the server above is told soon. */
  rollCallSoon(): void {
    this.#hasNews = true;
    if (this.#soon !== null) return;
    const waitMs = Math.max(ROLL_CALL.soonMs, this.#sentAt + ROLL_CALL.leastBetweenMs - performance.now());
    this.#soon = setTimeout(() => {
      this.#soon = null;
      this.#sentAt = performance.now();
      void this.#reporter.flushAll();
    }, waitMs);
  }

  /** The relay itself has applied an id. */
  applied(id: string): void {
    this.#reporter.receipt(id, null, 1);
  }

  /** The relay cannot take what the server above sends. */
  failed(why: string): void {
    this.#reporter.failed(why);
  }

  /** Sends what is left, once. */
  async close(): Promise<void> {
    if (this.#soon !== null) clearTimeout(this.#soon);
    await this.#reporter.close();
  }

  #sum(id: string, from: number, to: number): Sum | null {
    let sum = this.#sums.get(id);
    if (!sum && this.#sums.size >= IDS_HELD) return null;
    if (!sum) this.#sums.set(id, (sum = { from, to, counts: new Map() }));
    sum.from = Math.min(sum.from, from);
    sum.to = Math.max(sum.to, to);
    return sum;
  }

  #drain(): readonly Summary[] {
    const summaries = [...this.#sums].map(([id, { from, to, counts }]) => ({
      id,
      from,
      to,
      counts: [...counts.values()],
    }));
    this.#sums.clear();
    this.#held = 0;
    return summaries;
  }

  #more(): object | undefined {
    const launches = this.#nextLaunches();
    if (!this.#hasNews && launches.length === 0) return undefined;
    const rollCall = this.#hasNews ? this.#options.roll() : undefined;
    this.#hasNews = false;
    return { ...(launches.length > 0 && { launches }), ...(rollCall && { rollCall }) };
  }

  #nextLaunches(): unknown[] {
    let room = LAUNCH_LENGTH_SENT;
    const next: unknown[] = [];
    for (const { launch, length } of this.#launches.slice(0, LAUNCH_LIMITS.launches)) {
      room -= length;
      if (next.length > 0 && room < 0) break;
      next.push(launch);
      this.#launchLength -= length;
    }
    this.#launches = this.#launches.slice(next.length);
    return next;
  }

  #complain(): void {
    if (!this.#hasComplained) this.#options.logger.warn('Too much waits for the server above; reports are dropped');
    this.#hasComplained = true;
  }
}

function short(key: string): string {
  return key.length > LONGEST_KEY ? OTHER : key;
}

function after(delayMs: number, run: () => void): () => void {
  const timer = setTimeout(run, delayMs);
  return () => clearTimeout(timer);
}
