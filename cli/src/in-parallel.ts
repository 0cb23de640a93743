/** Bounded concurrency: enough to fill the line to the server, and few enough that it serves others too. */
const AT_ONCE = 12;

/**
 * Does the same with every item, a few at a time; the answers stand in the order of the items. The first failure ends
 * it.
 *
 * @param onDone told how many are done
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  onDone: (count: number) => void = () => {},
): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  let next = 0;
  let done = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as Item);
      onDone(++done);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  } finally {
    // After a failure the others take no more.
    next = items.length;
  }
  return results;
}
