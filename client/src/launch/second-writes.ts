/**
 * Dual writes: the second writes of migrations, in a queue for each row. A write that does not end in time is reported
 * at that instant, whether anybody waits for it or not, and may still happen; so that it cannot overtake newer writes,
 * later writes of its row wait for it. The queues are bounded; a write that finds no room is not tried, and is
 * reported.
 * Why: decision 0067, decision 0169.
 */
import type { Platform } from '../platform.ts';
import { isThenable } from './thenable.ts';
import { weighValue } from './weigh-value.ts';

/** Begun or waiting, over all migrations of this process: a side that so many hang at is not there. */
const MOST_UNDER_WAY = 10_000;
/** Waiting for their turn. */
const MOST_WAITING = 1_000;
const MOST_WAITING_BYTES = 16 * 1024 * 1024;
/** When a write that was begun is aborted by its signal: the writes behind it could wait for ever. */
const GIVE_UP_MS = 60_000;

/** What writes are kept in order by. */
export interface WriteOrder {
  readonly row: string;
  /** True: one at a time. False: only what is late is waited for, as nobody has said that these are of one row. */
  readonly isNamed: boolean;
}

/** One write of the side that is not authoritative. */
interface SecondWrite {
  /** Undefined: by nothing. */
  readonly order: WriteOrder | undefined;
  /** What it writes: weighed if it has to wait. */
  readonly input: unknown;
  /** Counted from now, also while it waits for its turn, ms. */
  readonly timeoutMs: number;
  readonly write: () => unknown;
  /** Called when its time is up, before anybody else hears of it. */
  readonly late: () => void;
  /** Asked to give up. */
  readonly giveUp: (reason: Error) => void;
}

/** Why the other side lacks a write, as far as is known when its time is up. */
export type DivergenceReason =
  | 'failed' // it threw
  | 'late' // it has not ended in time, or not begun: it may still happen
  | 'dropped'; // it was not tried: too many wait

/** What became of a write in its time; undefined if all is well. */
export type Failure = { readonly reason: DivergenceReason; readonly error: unknown } | undefined;

/** A write that has been taken in. */
export interface Following {
  /** Resolves when it has ended, or its time is up. */
  readonly inTime: Promise<Failure>;
  /** Resolves when it is over, however that went. Perhaps never. */
  readonly ended: Promise<void>;
}

export interface SecondWrites {
  /** Takes a write in: it begins now, or in its turn. Throws nothing. */
  readonly follow: (write: SecondWrite) => Following;
  /** Resolves when each that was taken in has ended, or its time is up. */
  readonly idle: () => Promise<void>;
}

interface Row {
  /** Begun and not ended. */
  begun: number;
  /** Of those, whose time is up. */
  late: number;
  readonly waiting: (() => void)[];
}

export function createSecondWrites(after: Platform['after']): SecondWrites {
  const rows = new Map<string, Row>();
  let underWay = 0;
  let waiting = 0;
  let waitingBytes = 0;
  let inTime = 0;
  let idle: (() => void)[] = [];

  function rowOf(name: string): Row {
    let row = rows.get(name);
    if (!row) {
      row = { begun: 0, late: 0, waiting: [] };
      rows.set(name, row);
    }
    return row;
  }

  /** Begins the next of a row, if nothing of it is under way. */
  function advance(name: string, row: Row): void {
    if (row.begun > 0) return;
    const next = row.waiting.shift();
    if (next) next();
    else rows.delete(name);
  }

  function inTimeIsOver(): void {
    if (--inTime > 0) return;
    for (const resolve of idle) resolve();
    idle = [];
  }

  function follow({ order, input, timeoutMs, giveUp, ...given }: SecondWrite): Following {
    // Let go of when it is called: what hangs for ever must not hold what it was to write.
    let write: (() => unknown) | undefined = given.write;
    let late: (() => void) | undefined = given.late;
    const row = order && rowOf(order.row);
    const waits = row !== undefined && (row.waiting.length > 0 || (order?.isNamed ? row.begun : row.late) > 0);
    const bytes = waits ? weighValue(input) : 0;
    if (
      underWay >= MOST_UNDER_WAY ||
      (waits && (waiting >= MOST_WAITING || waitingBytes + bytes > MOST_WAITING_BYTES))
    ) {
      if (order && row) advance(order.row, row);
      const error = new DOMException('The write was not tried: too many wait at the other side.', 'QuotaExceededError');
      return { inTime: Promise.resolve({ reason: 'dropped', error }), ended: Promise.resolve() };
    }

    let isBegun = false;
    let isLate = false;
    /** The same of its signal. */
    let abandon: typeof giveUp | undefined = giveUp;
    let cancelAbandon = () => {};
    let settle: (failure: Failure) => void = () => {};
    let end: () => void = () => {};
    const following: Following = {
      inTime: new Promise((resolve) => {
        settle = resolve;
      }),
      ended: new Promise((resolve) => {
        end = resolve;
      }),
    };
    underWay++;
    inTime++;

    // It keeps the process alive: nobody who has to be told of what is late is ended before.
    const cancelTimeout = after(
      timeoutMs,
      () => {
        isLate = true;
        late?.();
        late = undefined;
        settle({ reason: 'late', error: lateness(isBegun, timeoutMs) });
        inTimeIsOver();
        if (isBegun) hangs();
      },
      true,
    );

    /** It has begun, and its time is up. */
    function hangs(): void {
      if (row) row.late++;
      cancelAbandon = after(GIVE_UP_MS, () => {
        abandon?.(lateness(true, timeoutMs + GIVE_UP_MS));
        abandon = undefined;
      });
    }

    function begin(): void {
      isBegun = true;
      if (row) row.begun++;
      if (isLate) hangs();
      const code = write;
      write = undefined;
      let result: unknown;
      try {
        result = code?.();
      } catch (error) {
        over({ reason: 'failed', error });
        return;
      }
      if (!isThenable(result)) over(undefined);
      else {
        Promise.resolve(result).then(
          () => over(undefined),
          (error: unknown) => over({ reason: 'failed', error }),
        );
      }
    }

    function over(failure: Failure): void {
      underWay--;
      cancelAbandon();
      abandon = undefined;
      if (!isLate) {
        cancelTimeout();
        settle(failure);
        inTimeIsOver();
      }
      end();
      if (!order || !row) return;
      row.begun--;
      if (isLate) row.late--;
      // Not from here: a thousand that wait and are synchronous would be a thousand calls deep.
      queueMicrotask(() => advance(order.row, row));
    }

    if (!waits) begin();
    else {
      waiting++;
      waitingBytes += bytes;
      row?.waiting.push(() => {
        waiting--;
        waitingBytes -= bytes;
        begin();
      });
    }
    return following;
  }

  return {
    follow,
    idle: () => (inTime > 0 ? new Promise((resolve) => idle.push(resolve)) : Promise.resolve()),
  };
}

function lateness(isBegun: boolean, afterMs: number): Error {
  const what = isBegun
    ? `has not ended in ${afterMs} ms`
    : `has not begun in ${afterMs} ms, because an earlier one has not ended`;
  return new DOMException(`The write ${what}: it may still happen.`, 'TimeoutError');
}
