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

/**
 * Serves `/` with `/page.js`, a module bundled from `code`, which may import `@dimmer/browser`.
 *
 * @param files more to serve: text by path
 */
export async function servePage(code: string, files: { readonly [path: string]: string } = {}): Promise<PageServer> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { outputFiles } = await build({
    stdin: { contents: code, resolveDir: root, loader: 'ts' },
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    logLevel: 'error',
    absWorkingDir: root,
    tsconfig: 'tsconfig.json',
  });
  const script = outputFiles[0]?.text ?? '';
  const texts = new Map(Object.entries(files));
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    response.setHeader('content-security-policy', STRICT_CSP);
    if (path === '/page.js') response.writeHead(200, { 'content-type': 'text/javascript' }).end(script);
    else if (path === '/')
      response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<!doctype html><title>page</title><script type="module" src="/page.js"></script>');
    else response.writeHead(texts.has(path) ? 200 : 404, { 'content-type': 'application/json' }).end(texts.get(path));
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
