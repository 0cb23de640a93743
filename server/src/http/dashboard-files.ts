import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { extname, join, relative } from 'node:path';
import type { MiddlewareHandler } from 'hono';
import type { Logger } from '../logger.ts';
import type { AppEnv } from './app-env.ts';
import { newNonce, pageHeaders } from './page-headers.ts';
import { answerStored, type StoredBody, storedBody } from './stored-body.ts';

// Why: decision 0103.
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};
const NONCE = '__DIMMER_NONCE__';
const YEAR_S = 31_536_000;
/** Answers of the server that are no pages: an unknown address below them is a mistake of a program. */
const NOT_PAGES = /^\/(api|auth|sdk|health|metrics|openapi(\.json)?|assets)(\/|$)/;

/**
 * The dashboard: its files from memory, and its one page at every address that is nobody else's. `null`: it has not been
 * built, and the server does without.
 *
 * @param folder what `npm run build` made
 */
export function dashboardFiles(folder: string, logger: Logger): MiddlewareHandler<AppEnv> | null {
  if (!existsSync(join(folder, 'index.html'))) {
    logger.debug('There is no dashboard beside this server');
    return null;
  }
  const files = readFiles(folder);
  const page = (files.get('/index.html') as StoredBody).bytes.toString();

  return async function answerFile(c, next) {
    const file = c.req.path === '/index.html' ? undefined : files.get(c.req.path);
    if (file) {
      // Names of assets hold a hash of their content.
      const age = c.req.path.startsWith('/assets/') ? `public, max-age=${YEAR_S}, immutable` : 'public, max-age=3600';
      return answerStored(c, file, age);
    }
    if (NOT_PAGES.test(c.req.path) || !(c.req.header('accept') ?? '').includes('text/html')) return next();
    const nonce = newNonce();
    for (const [name, value] of Object.entries(pageHeaders(nonce))) c.header(name, value);
    return c.html(page.replaceAll(NONCE, nonce).replaceAll('"./', `"${wayToRoot(c.req.path)}`));
  };
}

/**
 * From the page at a path back to the root of this server, as the browser counts it: so the dashboard works below any path
 * of a proxy, whether the proxy tells us of that or not. A `<base>` would need leave in the content security policy.
 */
function wayToRoot(path: string): string {
  return '../'.repeat(path.split('/').length - 2) || './';
}

/** Read and compressed once, at the start: a megabyte of memory, and no path of a request ever reaches the disk. */
function readFiles(folder: string): ReadonlyMap<string, StoredBody> {
  const files = new Map<string, StoredBody>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const type = TYPES[extname(path)];
    if (type === undefined) continue;
    const bytes = readFileSync(path);
    files.set(`/${relative(folder, path).replaceAll('\\', '/')}`, storedBody(type, bytes));
  }
  return files;
}
