import type { Document, Place } from '../documents/document.ts';

// Why: decision 0120.
/** Documents read, and their JSON parsed, in one turn of the event loop: each may have 256 KiB, and has one or two. */
export const LOADED_AT_ONCE = 200;

type From = Pick<Place, 'kind' | 'id'>;

/**
 * All documents in their order, in pages, so that other work gets the event loop in between.
 *
 * @param read so many at most, from one on
 * @param limit what it reads at once, at least 2
 */
export async function* pagesOf(
  read: (from: From | null) => Promise<readonly Document[]>,
  limit: number,
): AsyncGenerator<readonly Document[]> {
  for (let last: Document | undefined; ; ) {
    // From the last one on, which comes again.
    const found = await read(last ?? null);
    const isAgain = last !== undefined && found[0]?.kind === last.kind && found[0].id === last.id;
    yield isAgain ? found.slice(1) : found;
    if (found.length < limit) return;
    last = found.at(-1);
  }
}
