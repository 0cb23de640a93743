/**
 * Client-side aggregation: reports what was applied and what was evaluated. At most one batch is on its way; while the
 * server is away the counters simply go on counting, so an outage costs no memory and loses no count, unless the id
 * changes often.
 * Why: decision 0034, decision 0095.
 */
import type { Answer, Connection, Platform } from './platform.ts';
import type { ReportingLimits } from './reporting-limits.ts';
import { retryDelayMs } from './retry-policy.ts';

const FLUSH_MS = 10_000;
/** What the server takes in one batch. */
const MAX_RECEIPTS = 100;
/** Characters of why a ruleset cannot be taken. */
const MAX_FAILURE = 300;
/**
 * Time for the receipt of each client that has these rules: all of them have something to say at the same instant, and a
 * server takes some thousands of reports a second, and has the change itself to hand out. A few are heard at once; 10,000
 * take four seconds.
 */
const MS_FOR_EACH = 0.4;
/** Number of clients that is assumed until a ping says it. */
const CLIENTS = 1_000;
/** However often rules change, receipts are not sent more often than this, nor than in twice the time for all. */
const LEAST_BETWEEN_MS = 250;

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

export interface Reporter {
  /**
   * Notes that an id has been applied; `delayMs` after the change, if that is known; by one of so many `clients`, 0 if it
   * is not known how many.
   */
  readonly receipt: (id: string, delayMs: number | null, clients: number) => void;
  /** Notes that what the server has cannot be taken, and why. Said with the next batch, while it is so. */
  readonly failed: (message: string) => void;
  /** Puts aside what is counted by now: another id is about to take over. It is cut to what one batch may hold. */
  readonly collect: () => void;
  /**
   * Sends all that is counted by now, also if a batch is on its way already, and nothing while the server has asked for a
   * pause; resolves when it is sent, or has failed and waits for its next time. Never rejects.
   */
  readonly flushAll: () => Promise<void>;
  /**
   * For a host that may stop at any moment: sends what there is at once, beside a batch that may be on its way, because
   * whoever is frozen hears of no answer and sends nothing after it.
   */
  readonly flushNow: () => void;
  /** Sends what is left, once, and then no more. */
  readonly close: () => Promise<void>;
}

interface ReporterDeps extends Pick<Platform, 'now' | 'random' | 'after' | 'log'> {
  readonly connection: Pick<Connection, 'request'>;
  readonly limits: ReportingLimits;
  /** Who reports: fields of each batch. */
  readonly identity: object;
  /** All that was counted since the last time, by id. */
  readonly drain: () => readonly Summary[];
  /** What else the next batch carries; undefined if there is nothing. */
  readonly more?: (() => object | undefined) | undefined;
}

export function createReporter({
  now,
  random,
  after,
  log,
  connection,
  limits,
  identity,
  drain,
  more,
}: ReporterDeps): Reporter {
  const sendsReceipts = random() < limits.receiptShare;
  let receipts: { id: string; delayMs: number | undefined }[] = [];
  let summaries: Summary[] = [];
  /** What is said of the ruleset that could not be taken; undefined if there is none, or it has been said. */
  let failure: string | undefined;
  /** The text of the batch that is on its way or waits to be sent again. */
  let batch: string | undefined;
  /** What is to follow it: the halves of one that was too large, and what was sent beside it. */
  const waiting: string[] = [];
  let sending: Promise<void> | undefined;
  let failures = 0;
  /** After a failure, when the next try is due. */
  let retryAt = 0;
  let sentAt = 0;
  let hasComplained = false;
  let isClosed = false;
  /** The server has been told that this was all. */
  let hasLeft = false;
  /** The next time is set for the sake of receipts. */
  let isSoon = false;
  let cancelTimer: (() => void) | undefined;

  function flushIn(delayMs: number): void {
    cancelTimer?.();
    if (!isClosed) cancelTimer = after(delayMs, flush);
  }

  function collect(): void {
    for (const summary of drain()) {
      const { id, counts } = summary;
      for (let start = 0; start < counts.length; start += limits.maxCounts) {
        if (summaries.length < limits.maxPending) {
          summaries.push({ ...summary, counts: counts.slice(start, start + limits.maxCounts) });
        } else if (!hasComplained) {
          hasComplained = true;
          log('REPORTS_DROPPED', `${counts.length - start} counts at ${id}`);
        }
      }
    }
  }

  /** The text of the next batch. Its name stays the same however often it is sent, so that it is counted once. */
  function nextBatch(): string | undefined {
    let room = limits.maxCounts;
    const fitting = summaries.filter(({ counts }) => (room -= counts.length) >= 0);
    const further = more?.();
    const leaves = isClosed && !hasLeft && sendsReceipts;
    if (!fitting.length && !receipts.length && !further && !failure && !leaves) return undefined;
    hasLeft ||= leaves;
    const name = now().toString(36) + random().toString(36).slice(1);
    const text = JSON.stringify({
      batch: name,
      ...identity,
      receipts,
      summaries: fitting,
      failure: failure ? { message: failure } : undefined,
      leaves: leaves || undefined,
      ...further,
    });
    failure = undefined;
    summaries = summaries.slice(fitting.length);
    receipts = [];
    return text;
  }

  /** Answers how long to wait before the next time, ms. */
  async function sendAll(): Promise<number> {
    let isDrained = false;
    isSoon = false;
    for (;;) {
      if (!batch && !waiting.length && !isDrained) {
        // Not sooner: while a former batch cannot be sent, the counters go on counting, at no cost.
        isDrained = true;
        collect();
      }
      batch ??= waiting.shift() ?? nextBatch();
      if (!batch) return FLUSH_MS;
      sentAt = now();
      const answer = await connection.request('events', batch);
      if (isWorthAnotherTry(answer)) return retryDelayMs({ ...answer, failures: failures++ }, random);
      failures = 0;
      if (answer.status === 413) waiting.unshift(...(limits.halve?.(batch) ?? []));
      batch = undefined;
    }
  }

  function flush(): Promise<void> {
    sending ??= sendAll().then((delayMs) => {
      sending = undefined;
      // The timer that is set now takes the place of one for a receipt that came meanwhile.
      isSoon = false;
      retryAt = now() + delayMs;
      flushIn(delayMs);
    });
    return sending;
  }

  async function flushAll(): Promise<void> {
    await sending;
    if (!failures || now() >= retryAt) await flush();
  }

  flushIn(FLUSH_MS * random());
  return {
    receipt(id, delayMs, clients) {
      if (!sendsReceipts) return;
      // The newest says most.
      failure = undefined;
      receipts = [...receipts, { id, delayMs: delayMs ?? undefined }].slice(-MAX_RECEIPTS);
      // While the server does not take reports, the next try is set already, and is not to be hurried.
      if (isSoon || failures) return;
      isSoon = true;
      const allMs = Math.min(limits.receiptSpreadMs, (clients || CLIENTS) * MS_FOR_EACH);
      flushIn(Math.max(0, sentAt + Math.max(LEAST_BETWEEN_MS, 2 * allMs) - now()) + random() * allMs);
    },
    failed(message) {
      if (!sendsReceipts) return;
      failure = message.slice(0, MAX_FAILURE);
      if (!isSoon && !failures) flushIn(LEAST_BETWEEN_MS * random());
    },
    collect,
    flushAll,
    flushNow() {
      void flush();
      // A server that has failed is tried once, and no more of what waits is kept than that.
      if (failures || waiting.length >= limits.maxPending) return;
      // Nothing is left, unless a batch was on its way already.
      collect();
      const text = nextBatch();
      // Sent now, and once more in its turn if this host lives on: the server counts it once, by its name.
      if (text) {
        waiting.push(text);
        void connection.request('events', text);
      }
    },
    async close() {
      await sending;
      isClosed = true;
      await flush();
    },
  };
}

/** What was too large or not understood will not be taken the second time either. */
function isWorthAnotherTry({ status }: Answer): boolean {
  return !/^(2|400|413|422)/.test(`${status}`);
}
