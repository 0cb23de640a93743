/**
 * Where this dashboard lies on its host, with a slash at its end: `/`, or `/flags/` behind a proxy. Every script of it
 * lies in `assets/`, so its own address says so; nothing has to be configured for the page.
 */
export const BASE = /^(.*\/)assets\/[^/]*$/.exec(new URL(import.meta.url).pathname)?.[1] ?? '/';

/** @param path from the server's own root, e.g. `/api/v1/me` */
export function atBase(path: string): string {
  return BASE + path.replace(/^\//, '');
}
