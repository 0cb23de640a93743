/** Serves pages that use @dimmer/browser, bundled from its sources, to a real browser on a free port. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Nothing inline, no `eval`, nothing from elsewhere: what a careful page allows, and connections. */
const STRICT_CSP = "default-src 'none'; script-src 'self'; connect-src *; require-trusted-types-for 'script'";

export interface PageServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

const TYPES = { html: 'text/html', js: 'text/javascript' } as const;

/** @param version of the SDK, as the build of the package would put it in; by default it runs from source */
export async function bundlePage(code: string, version?: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'error',
    absWorkingDir: ROOT,
    tsconfig: 'tsconfig.json',
    define: version ? { DIMMER_VERSION: JSON.stringify(version) } : {},
  });
  return outputFiles[0]?.text ?? '';
}

/**
 * A page that does nothing but run a module.
 *
 * @param policy what it forbids beyond the policy of all pages
 */
export function pageWith(script: string, policy = ''): string {
  return `<!doctype html><meta http-equiv="content-security-policy" content="${policy}"><title>page</title>
    <script type="module" src="${script}"></script>`;
}

/**
 * Serves `/` with `/page.js`, a module bundled from `code`, which may import `@dimmer/browser`.
 *
 * @param files more to serve: text by path
 */
export async function servePage(code: string, files: { readonly [path: string]: string } = {}): Promise<PageServer> {
  const texts = new Map(Object.entries({ '/': pageWith('/page.js'), '/page.js': await bundlePage(code), ...files }));
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    const ending = path === '/' ? 'html' : path.split('.')[1];
    response.writeHead(texts.has(path) ? 200 : 404, {
      'content-security-policy': STRICT_CSP,
      'content-type': TYPES[ending as keyof typeof TYPES] ?? 'application/json',
    });
    response.end(texts.get(path));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
