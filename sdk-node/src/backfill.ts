/**
 * Copies what was there before a migration began writing to both sides: in batches, at a pace, resumable. It knows no
 * database; reading and writing are the caller's, and so is what makes it idempotent. Why: decision 0171.
 */
const TRIES = 4;
const FIRST_RETRY_MS = 100;
const PAUSE_MS = 500;
/** Items that could not be written and are named. */
const MOST_FAILURES = 1_000;

/** What is kept for the cursor when all is done: a run that finds it there has nothing to do. */
export const BACKFILL_DONE = '(done)';

/** One batch of what has to be copied. */
export interface BackfillBatch<Item> {
  readonly items: readonly Item[];
  /** Where the next batch begins; `null` if this was the last. The text is the caller's: a key, an offset, a token. */
  readonly next: string | null;
}

/** An item that was given up. */
export interface BackfillFailure<Item> {
  readonly item: Item;
  readonly error: unknown;
}

/** How far it is. */
export interface BackfillProgress<Item = unknown> {
  /** Where the next batch begins; `null` when all is done. */
  readonly cursor: string | null;
  /** Copied by this run. */
  readonly written: number;
  /** Found to be there already. */
  readonly skipped: number;
  /** Given up, because `onFailure` said so. */
  readonly failed: number;
  /** Those that were given up, at most the first 1,000 of this run. */
  readonly failures: readonly BackfillFailure<Item>[];
  readonly done: boolean;
  /** Since this run began, ms. */
  readonly tookMs: number;
}

export interface BackfillOptions<Item> {
  /** Reads the batch at `cursor`, in a stable order; `null` is the first. Tried four times. */
  readonly read: (cursor: string | null, signal: AbortSignal) => Promise<BackfillBatch<Item>> | BackfillBatch<Item>;
  /**
   * Copies one item, unless the other side has it already or has something newer: writes go on meanwhile, and a run that
   * was cut short copies its last batch again. Answers `false` if there was nothing to do. Tried four times.
   */
  readonly write: (item: Item, signal: AbortSignal) => Promise<boolean | undefined> | boolean | undefined;
  /** Items a second, at most. Default 100. */
  readonly perSecond?: number | undefined;
  /** Items that are written at once, at most, of one batch. Default 1: in their order, one after another. */
  readonly maxInFlight?: number | undefined;
  /** Where an earlier run has come to; `null` or nothing: it begins at the beginning. Tried four times. */
  readonly loadCursor?: (() => Promise<string | null | undefined> | string | null | undefined) | undefined;
  /**
   * Keeps how far this run has come, after each batch, and `BACKFILL_DONE` after the last: a run that is cut short goes on
   * from there, and one after the end has nothing to do. Without the saved cursor it starts over. Tried four times.
   */
  readonly saveCursor?: ((cursor: string) => unknown) | undefined;
  /** Told after each batch. */
  readonly onProgress?: ((progress: BackfillProgress<Item>) => unknown) | undefined;
  /** What to do with an item that cannot be written, after four tries. Default `stop`. */
  readonly onFailure?: ((item: Item, error: unknown) => 'stop' | 'skip') | undefined;
  /** Holds it while true; asked before each batch. A flag makes a good brake: `() => flags.isEnabled('hold-backfill')`. */
  readonly isHeld?: (() => boolean) | undefined;
  /** Ends it at once, whatever it waits for. Also handed to `read` and `write`. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies everything, or as far as it gets.
 *
 * @returns how far it came; `done` is false if the signal ended it
 * @throws what, after four tries with 100, 200 and 400 ms between, `read`, `write`, `loadCursor` or `saveCursor` throws.
 * What was saved stays saved: called again, it goes on with the batch that failed.
 */
export async function backfill<Item>(options: BackfillOptions<Item>): Promise<BackfillProgress<Item>> {
  const { read, write, perSecond = 100, maxInFlight = 1, loadCursor, saveCursor, onProgress, isHeld } = options;
  const { signal = new AbortController().signal } = options;
  if (!(perSecond > 0)) throw new RangeError(`perSecond is ${perSecond}; it takes a number of items above 0.`);
  if (!(maxInFlight >= 1))
    throw new RangeError(`maxInFlight is ${maxInFlight}; it takes a number of items, at least 1.`);
  const began = performance.now();
  const failures: BackfillFailure<Item>[] = [];
  let cursor: string | null = null;
  let [written, skipped, failed] = [0, 0, 0];
  let dueAt = began;
  let done = false;

  const progress = (): BackfillProgress<Item> => {
    const tookMs = performance.now() - began;
    return { cursor, written, skipped, failed, failures: [...failures], done, tookMs };
  };

  /** Keeps the pace: each item has its instant, and time that was lost is not made up for by a burst. */
  async function pace(): Promise<void> {
    const now = performance.now();
    const waitMs = dueAt - now;
    dueAt = Math.max(dueAt, now - 1_000 / perSecond) + 1_000 / perSecond;
    if (waitMs > 0) await delay(waitMs, signal);
  }

  async function copy(item: Item): Promise<void> {
    try {
      if ((await tryAgain(() => write(item, signal), signal)) === false) skipped++;
      else written++;
    } catch (error) {
      if (options.onFailure?.(item, error) !== 'skip') throw error;
      failed++;
      if (failures.length < MOST_FAILURES) failures.push({ item, error });
    }
  }

  /** Several take from one list. If one fails for good, the others end what they have begun. */
  async function copyAll(items: readonly Item[]): Promise<void> {
    let taken = 0;
    let failure: { readonly error: unknown } | undefined;
    const take = async (): Promise<void> => {
      while (taken < items.length) {
        const item = items[taken++] as Item;
        await pace();
        if (failure || signal.aborted) return;
        try {
          await copy(item);
        } catch (error) {
          failure ??= { error };
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(maxInFlight, items.length) }, take));
    if (failure) throw failure.error;
  }

  async function run(): Promise<void> {
    const kept = loadCursor && (await tryAgain(loadCursor, signal));
    done = kept === BACKFILL_DONE;
    cursor = done ? null : (kept ?? null);
    while (!done && !signal.aborted) {
      if (isHeld?.()) {
        await delay(PAUSE_MS, signal);
        continue;
      }
      const { items, next } = await tryAgain(() => read(cursor, signal), signal);
      await copyAll(items);
      // What was not written is not passed over by the next run.
      if (signal.aborted) return;
      if (saveCursor) await tryAgain(() => saveCursor(next ?? BACKFILL_DONE), signal);
      cursor = next;
      done = next === null;
      await onProgress?.(progress());
    }
  }

  await endedOrAborted(run(), signal);
  return progress();
}

/** What is under way when somebody ends it goes on alone, and what it comes to goes nowhere. */
function endedOrAborted(running: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    // Not before what has just ended has been counted.
    const end = () => void setImmediate(resolve);
    if (signal.aborted) end();
    signal.addEventListener('abort', end);
    running
      .then(resolve, (error) => (signal.aborted ? end() : reject(error)))
      .finally(() => signal.removeEventListener('abort', end));
  });
}

/** Tries four times, with growing pauses; not again once it is called off. */
async function tryAgain<Result>(act: () => Promise<Result> | Result, signal: AbortSignal): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      return await act();
    } catch (error) {
      if (tries === TRIES || signal.aborted) throw error;
      await delay(FIRST_RETRY_MS * 2 ** (tries - 1), signal);
      if (signal.aborted) throw error;
    }
  }
}

/** Resolves when the time is up, or it is called off. */
function delay(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}
