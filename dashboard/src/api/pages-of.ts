import { request } from './request.ts';

const MOST = 1_000;

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** A whole list, read page by page. Lists are bounded by the server's limits (5,000 flags a project). */
export async function allPages<Item>(path: string, signal?: AbortSignal): Promise<readonly Item[]> {
  const items: Item[] = [];
  let after: string | null = null;
  do {
    const query: string = `${path.includes('?') ? '&' : '?'}limit=${MOST}${after === null ? '' : `&after=${encodeURIComponent(after)}`}`;
    const page: Page<Item> = await request<Page<Item>>(path + query, signal ? { signal } : {});
    items.push(...page.items);
    after = page.next;
  } while (after !== null);
  return items;
}
