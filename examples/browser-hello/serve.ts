/** Bundles the page of this example and serves it. How to run it stands in `main.ts`. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

const html = await readFile(here('./index.html'));
const bundle = await build({
  entryPoints: [here('./main.ts')],
  bundle: true,
  format: 'esm',
  target: 'es2022',
  write: false,
  define: {
    DIMMER_URL: JSON.stringify(process.env.DIMMER_URL ?? 'http://127.0.0.1:4400'),
    DIMMER_KEY: JSON.stringify(process.env.DIMMER_KEY ?? ''),
  },
});
const script = bundle.outputFiles[0]?.contents;

const server = createServer((request, response) => {
  const isScript = request.url === '/main.js';
  response.setHeader('Content-Type', isScript ? 'text/javascript; charset=utf-8' : 'text/html; charset=utf-8');
  response.end(isScript ? script : html);
});
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.stdout.write(`Open http://127.0.0.1:${address?.port}/?user=ada\n`);
});
