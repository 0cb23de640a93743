/**
 * `npm run dev`: the server, started anew at each change of its sources, and the dashboard, which shows each change of
 * its own at once, behind one address. The database is one of its own (`data/development.db`).
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createSocket } from 'node:net';
import { createServer } from 'vite';
import { DEVELOPMENT_DATABASE, DEVELOPMENT_URL, developmentToken } from './development.ts';

const root = new URL('..', import.meta.url).pathname;
/** What the server answers, and all below or beginning so; all else is the dashboard's. */
const OF_SERVER = ['/api', '/auth', '/sdk', '/health', '/metrics', '/openapi'];

/** The same port for every start of the server, so that the dashboard need not be told of it. */
async function freePort(): Promise<number> {
  const socket = createSocket().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address() as { port: number };
  socket.close();
  await once(socket, 'close');
  return port;
}

const port = await freePort();
const server = spawn(
  process.execPath,
  [`${root}node_modules/tsx/dist/cli.mjs`, 'watch', '--clear-screen=false', 'server/src/main.ts'],
  {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      DATABASE_URL: DEVELOPMENT_DATABASE,
      // Nobody's streams are sent away gently: a start must be quick.
      DIMMER_DRAIN_MS: '0',
      ...process.env,
      PORT: String(port),
      DIMMER_PUBLIC_URL: DEVELOPMENT_URL,
      DIMMER_ADMIN_TOKEN: developmentToken(),
    },
  },
);

const { hostname, port: shownPort } = new URL(DEVELOPMENT_URL);
const dashboard = await createServer({
  root: `${root}dashboard`,
  configFile: `${root}dashboard/vite.config.ts`,
  server: {
    host: hostname,
    port: Number(shownPort),
    strictPort: true,
    // The server looks at whether a request comes from its own page, so it must see the name that the browser sees.
    proxy: Object.fromEntries(
      OF_SERVER.map((path) => [path, { target: `http://127.0.0.1:${port}`, changeOrigin: false }]),
    ),
  },
});

let isClosing = false;
async function close(code: number): Promise<void> {
  if (isClosing) return;
  isClosing = true;
  server.kill('SIGTERM');
  await dashboard.close();
  process.exit(code);
}
process.on('SIGINT', () => void close(0));
process.on('SIGTERM', () => void close(0));
server.once('exit', (code) => void close(code ?? 0));

await dashboard.listen().catch((error: Error) => {
  process.stderr.write(`${error.message}. Another one by PORT=4500 npm run dev\n`);
  return close(1);
});
process.stdout.write(`
Open ${DEVELOPMENT_URL} – the dashboard and, below the same address, the server.

  npm run dev:seed    fills it with flags of every kind, once
  data/development.token holds its admin token; delete data/development.* to begin anew

`);
