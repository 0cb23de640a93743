import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START_TIMEOUT_MS = 30_000;

/** Streams of a page and one service are said goodbye to quickly. */
const DRAIN_MS = 300;

/** How much of the server's own words is kept, to be shown if it dies. */
const KEPT_OUTPUT_CHARACTERS = 4_000;

/** A Dimmer server as a process of its own, on a database that lives as long as the demo. */
export class DimmerServer {
  readonly url: string;
  readonly adminToken = `demo-${randomBytes(24).toString('base64url')}`;
  readonly #port: number;
  readonly #folder: string;
  readonly #program: readonly string[];
  #process: ChildProcess | undefined;
  /** The process before, as long as it is still on its way out: it holds the port and the database. */
  #ending: Promise<unknown> | undefined;
  #output = '';

  private constructor(port: number, folder: string, build: string | undefined) {
    this.#program = build ? [resolve(build)] : ['--import', 'tsx', join(ROOT, 'server/src/main.ts')];
    this.#port = port;
    this.#folder = folder;
    this.url = `http://127.0.0.1:${port}`;
  }

  /**
   * Starts on a fresh database and a free port.
   *
   * @param build of the server, with its dashboard; without, it runs from its sources, and has none
   * @throws Error with the server's own words if it does not come up
   */
  static async open(build: string | undefined): Promise<DimmerServer> {
    const server = new DimmerServer(await freePort(), await mkdtemp(join(tmpdir(), 'dimmer-demo-')), build);
    try {
      await server.start();
    } catch (error) {
      await server.close();
      throw error;
    }
    return server;
  }

  /**
   * Where the first person comes into the dashboard, as the server has printed it; `null` if it has no dashboard: it was
   * not built.
   */
  async dashboardLink(): Promise<string | null> {
    const page = await fetch(this.url, { headers: { accept: 'text/html' } }).catch(() => undefined);
    const hasPage = page?.ok && /<script/.test(await page.text());
    return (hasPage && /http\S+\/link#\S+/.exec(this.#output)?.[0]) || null;
  }

  /** False from the moment in which its end is asked for: a page may notice the end before this process does. */
  get running(): boolean {
    return this.#process !== undefined;
  }

  /** Starts the process again on the same port and database; returns when it answers. */
  async start(): Promise<void> {
    await this.#ending;
    if (this.#process) return;
    this.#output = '';
    const child = spawn(process.execPath, this.#program, {
      cwd: ROOT,
      env: {
        ...process.env,
        HOST: '127.0.0.1',
        PORT: String(this.#port),
        DATABASE_URL: `file:${join(this.#folder, 'dimmer.db')}`,
        DIMMER_ADMIN_TOKEN: this.adminToken,
        DIMMER_DRAIN_MS: String(DRAIN_MS),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.#output = (this.#output + text).slice(-KEPT_OUTPUT_CHARACTERS);
      });
    }
    child.once('exit', () => {
      if (this.#process === child) this.#process = undefined;
    });
    this.#process = child;
    await this.#untilReady();
  }

  /** Ends the process without a word, as a power cut does; the database stays, and with it all that was acknowledged. */
  async pullPlug(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Stops the process as an operator does, and throws its database away. */
  async close(): Promise<void> {
    await this.#end('SIGTERM');
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<unknown> {
    const child = this.#process;
    if (!child) return this.#ending;
    this.#process = undefined;
    this.#ending = once(child, 'exit');
    child.kill(signal);
    return this.#ending;
  }

  /** Ready is more than alive: the first start has made the project and its environments. */
  async #untilReady(): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (this.#process && Date.now() < deadline) {
      const answer = await fetch(`${this.url}/api/v1/projects/default/environments/production`, {
        headers: { Authorization: `Bearer ${this.adminToken}` },
      }).catch(() => undefined);
      if (answer?.ok) return;
      await delay(50);
    }
    throw new Error(`The Dimmer server did not come up at ${this.url}. Its last words:\n${this.#output}`);
  }
}

/** A port that is free now. Another process may take it in the next moment; then the start fails and says so. */
async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('The system gave no free port.');
  return address.port;
}
