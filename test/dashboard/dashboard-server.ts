import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleDashboard } from '../../scripts/bundle-dashboard.ts';
import { keepsContract } from '../../server/test/keeps-contract.ts';
import { discardBuilds } from '../build-once.ts';
import { builtServerWith } from '../built.ts';
import { PATIENCE_MS, tooSlowFor } from '../patience.ts';

/** The server's bundle, and the dashboard's files beside it. */
const build = (): Promise<string> => builtServerWith('dashboard', bundleDashboard);

/** Call it when the last server has stopped. */
export const discardBuild = discardBuilds;

/** The keys of one environment, as the first start printed them. */
export interface PrintedKeys {
  readonly server: string;
  readonly browser: string;
}

/** The server as it is shipped, dashboard included, in a process of its own, on an empty database. */
export class DashboardServer {
  readonly #folder: string;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | null = null;
  #port = 0;
  #printed = '';

  private constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#env = env;
  }

  static async start(env: Readonly<Record<string, string>> = {}): Promise<DashboardServer> {
    const server = new DashboardServer(await mkdtemp(join(tmpdir(), 'dimmer-dashboard-')), env);
    await server.start();
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** What the first start printed: where the first administrator begins. */
  get setUpLink(): string {
    return /http\S+\/link#\S+/.exec(this.#printed)?.[0] ?? '';
  }

  get adminToken(): string {
    return /admin token +(\S+)/.exec(this.#printed)?.[1] ?? '';
  }

  keysOf(environment: string): PrintedKeys {
    const found = new RegExp(`^ {2}${environment}\\n {4}server key +(\\S+)\\n {4}browser key +(\\S+)$`, 'm').exec(
      this.#printed,
    );
    return { server: found?.[1] ?? '', browser: found?.[2] ?? '' };
  }

  /** One request by the admin token. Throws unless it succeeds. */
  async call<Answer = Record<string, unknown>>(method: string, path: string, body?: object): Promise<Answer> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${this.adminToken}`, 'content-type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    keepsContract(method, `/api/v1${path}`, { status: response.status, body: answer });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer as Answer;
  }

  /** Starts it, again on the same port after a stop. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [await build()], {
      env: {
        PATH: process.env.PATH,
        PORT: String(this.#port),
        DATABASE_URL: `file:${this.#folder}/dimmer.db`,
        DIMMER_DRAIN_MS: '0',
        ...this.#env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let log = '';
    const ready = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(tooSlowFor(`the server had started: ${log}`, PATIENCE_MS))),
        PATIENCE_MS,
      );
      child.stderr.on('data', (text) => {
        log += text;
        const port = /Listening url="http:\/\/127\.0\.0\.1:(\d+)"/.exec(log)?.[1];
        if (port === undefined) return;
        this.#port = Number(port);
        clearTimeout(timer);
        resolve();
      });
      child.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${log}`)));
    });
    child.stdout.on('data', (text) => {
      this.#printed += text;
    });
    await ready;
  }

  /** SIGTERM; the data stays. */
  async pause(): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await gone;
  }

  async stop(): Promise<void> {
    await this.pause();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
