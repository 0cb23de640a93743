import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from './waiting.ts';

const START_MS = 10_000;

/** A proxy that is found on many machines, and how to start it in front of a server. */
export interface ProxyKind {
  readonly program: 'nginx' | 'haproxy';
  /** For the table. */
  readonly name: string;
  readonly config: (port: number, upstream: string, folder: string) => string;
  readonly args: (config: string, folder: string) => readonly string[];
}

const nginxArgs = (config: string, folder: string) => ['-c', config, '-p', folder, '-e', join(folder, 'error.log')];

/** nginx, with what it does unless told otherwise but for HTTP/1.1: it buffers what does not say `X-Accel-Buffering: no`. */
const nginx = (name: string, more: string): ProxyKind => ({
  program: 'nginx',
  name,
  args: nginxArgs,
  config: (port, upstream, folder) => `
    daemon off; master_process off; pid ${folder}/nginx.pid; events {}
    http {
      access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
      fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
      server {
        listen 127.0.0.1:${port};
        location / { proxy_pass http://${upstream}; proxy_http_version 1.1; proxy_set_header Connection ""; ${more} }
      }
    }`,
});

export const PROXIES: readonly ProxyKind[] = [
  nginx('nginx', ''),
  nginx('nginx that compresses', 'gzip on; gzip_proxied any; gzip_types text/event-stream application/json;'),
  {
    program: 'haproxy',
    name: 'HAProxy with timeouts of 30 s',
    args: (config) => ['-f', config, '-db'],
    config: (port, upstream) => `
defaults
    mode http
    timeout connect 3s
    timeout client 30s
    timeout server 30s
frontend all
    bind 127.0.0.1:${port}
    default_backend dimmer
backend dimmer
    server one ${upstream}
`,
  },
];

/** A proxy as a process of its own. */
export class ReverseProxy {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(url: string, child: ChildProcess, folder: string) {
    this.url = url;
    this.#child = child;
    this.#folder = folder;
  }

  /** Resolves when it takes connections. */
  static async start(kind: ProxyKind, upstreamUrl: string): Promise<ReverseProxy> {
    const folder = await mkdtemp(join(tmpdir(), `dimmer-${kind.program}-`));
    const port = await freePort();
    const config = join(folder, 'proxy.conf');
    await writeFile(config, kind.config(port, new URL(upstreamUrl).host, folder));
    const path = `${process.env.PATH}:/usr/sbin:/sbin`;
    const env = { ...process.env, PATH: path };
    const child = spawn(kind.program, kind.args(config, folder), { env, stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    child.stderr.on('data', (text) => {
      said += text;
    });
    const proxy = new ReverseProxy(`http://127.0.0.1:${port}`, child, folder);
    const listens = await waitUntil(() => child.exitCode !== null || canConnect(port), START_MS);
    if (listens !== null && child.exitCode === null) return proxy;
    await proxy.stop();
    throw new Error(`${kind.name} does not start: ${said}`);
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      const gone = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await gone;
    }
    await rm(this.#folder, { recursive: true, force: true });
  }
}

/** Neither of them can be told to take any port and say which. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
