/**
 * Copies what was there before a migration began writing to both sides: in batches, at a pace, resumable. It knows no
 * database; reading and writing are the caller's, and so is what makes it idempotent.
 */
const TRIES = 4;
const FIRST_RETRY_MS = 100;
const PAUSE_MS = 500;

/** One batch of what has to be copied. */
export interface BackfillBatch<Item> {
  readonly items: readonly Item[];
  /** Where the next batch begins; `null` if this was the last. The text is the caller's: a key, an offset, a token. */
  readonly next: string | null;
}

/** How far it is. */
export interface BackfillProgress {
  /** Where the next batch begins; `null` when all is done. */
  readonly cursor: string | null;
  /** Copied by this run. */
  readonly written: number;
  /** Found to be there already. */
  readonly skipped: number;
  /** Given up, because `onFailure` said so. */
  readonly failed: number;
  readonly done: boolean;
  /** Since this run began, ms. */
  readonly tookMs: number;
}

export interface BackfillOptions<Item> {
  /** Reads the batch at `cursor`, in a stable order; `null` is the first. */
  readonly read: (cursor: string | null) => Promise<BackfillBatch<Item>> | BackfillBatch<Item>;
  /**
   * Copies one item, unless the other side has it already or has something newer: writes go on meanwhile, and a run that
   * was cut short copies its last batch again. Answers `false` if there was nothing to do.
   */
  readonly write: (item: Item) => Promise<boolean | undefined> | boolean | undefined;
  /** Items a second, at most. Default 100. */
  readonly perSecond?: number | undefined;
  /** Where an earlier run has come to; `null` or nothing: it begins at the beginning. */
  readonly loadCursor?: (() => Promise<string | null | undefined> | string | null | undefined) | undefined;
  /** Keeps how far this run has come, after each batch. A run that is cut short goes on from there. */
  readonly saveCursor?: ((cursor: string | null) => unknown) | undefined;
  /** Told after each batch. */
  readonly onProgress?: ((progress: BackfillProgress) => unknown) | undefined;
  /** What to do with an item that cannot be written, after four tries. Default `stop`. */
  readonly onFailure?: ((item: Item, error: unknown) => 'stop' | 'skip') | undefined;
  /** Holds it while true; asked before each batch. A flag makes a good brake: `() => flags.isEnabled('hold-backfill')`. */
  readonly isHeld?: (() => boolean) | undefined;
  /** Ends it after the item that is being written. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Copies everything, or as far as it gets.
 *
 * @returns how far it came; `done` is false if the signal ended it
 * @throws what `read`, `saveCursor`, or (after four tries, with 100, 200 and 400 ms between) `write` throws. What was
 * saved stays saved: called again, it goes on with the batch that failed.
 */
export async function backfill<Item>(options: BackfillOptions<Item>): Promise<BackfillProgress> {
  const { read, write, perSecond = 100, loadCursor, saveCursor, onProgress, isHeld, signal } = options;
  if (!(perSecond > 0)) throw new RangeError(`perSecond is ${perSecond}; it takes a number of items above 0.`);
  const began = performance.now();
  let cursor = (await loadCursor?.()) ?? null;
  let [written, skipped, failed] = [0, 0, 0];
  let dueAt = began;
  let done = false;

  const progress = (): BackfillProgress => {
    return { cursor, written, skipped, failed, done, tookMs: performance.now() - began };
  };

  /** Keeps the pace: each item has its instant, and time that was lost is not made up for by a burst. */
  async function pace(): Promise<void> {
    const now = performance.now();
    if (dueAt > now) await delay(dueAt - now);
    dueAt = Math.max(dueAt, now - 1_000 / perSecond) + 1_000 / perSecond;
  }

  while (!done && !signal?.aborted) {
    if (isHeld?.()) {
      await delay(PAUSE_MS);
      continue;
    }
    const { items, next } = await read(cursor);
    for (const item of items) {
      if (signal?.aborted) return progress();
      await pace();
      const outcome = await tryToWrite(item, write, options.onFailure);
      if (outcome === 'written') written++;
      else if (outcome === 'skipped') skipped++;
      else failed++;
    }
    cursor = next;
    done = next === null;
    await saveCursor?.(cursor);
    await onProgress?.(progress());
  }
  return progress();
}

async function tryToWrite<Item>(
  item: Item,
  write: BackfillOptions<Item>['write'],
  onFailure: BackfillOptions<Item>['onFailure'],
): Promise<'written' | 'skipped' | 'failed'> {
  for (let tries = 1; ; tries++) {
    try {
      return (await write(item)) === false ? 'skipped' : 'written';
    } catch (error) {
      if (tries < TRIES) await delay(FIRST_RETRY_MS * 2 ** (tries - 1));
      else if (onFailure?.(item, error) === 'skip') return 'failed';
      else throw error;
    }
  }
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
