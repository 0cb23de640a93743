const AT_ONCE = 4;

/** One of many that could not be done. */
interface BulkFailure<Item> {
  readonly item: Item;
  readonly error: unknown;
}

export interface BulkProgress<Item> {
  readonly done: number;
  readonly failures: readonly BulkFailure<Item>[];
}

/**
 * Does the same to many, a few at a time; one that fails holds up no other.
 *
 * @param onProgress is told after each
 * @param signal ends it: what is under way is finished, nothing else is begun
 */
export async function runBulk<Item>(
  items: readonly Item[],
  act: (item: Item) => Promise<unknown>,
  onProgress: (progress: BulkProgress<Item>) => void,
  signal: AbortSignal,
): Promise<BulkProgress<Item>> {
  const waiting = [...items];
  let progress: BulkProgress<Item> = { done: 0, failures: [] };
  const work = async (): Promise<void> => {
    for (let item = waiting.shift(); item !== undefined && !signal.aborted; item = waiting.shift()) {
      const failure = await act(item).then(
        () => null,
        (error: unknown) => ({ item: item as Item, error }),
      );
      const failures = failure ? [...progress.failures, failure] : progress.failures;
      progress = { done: progress.done + 1, failures };
      onProgress(progress);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return progress;
}
