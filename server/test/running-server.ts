import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../src/config.ts';
import type { Logger } from '../src/logger.ts';
import { type RunningServer, startServer } from '../src/server.ts';
import { Passwords } from '../src/sign-in/passwords.ts';
import { httpCall } from './http-call.ts';
import { RawStream } from './hub/raw-stream.ts';
import { keepsContract } from './keeps-contract.ts';

export const ADMIN_TOKEN = 'an-admin-token-for-tests-only';

interface TestServerOptions {
  /** Environment variables beside PORT=0 and a database in a folder of its own. */
  readonly env?: Record<string, string>;
  readonly logger?: Logger;
  readonly now?: () => number;
  /** Gets each change as a line, with `DIMMER_AUDIT_LOG=on`. */
  readonly audit?: (line: string) => void;
  /** Default: cheap ones, because a quarter of a second for each would be minutes. */
  readonly passwords?: Passwords;
  /** A newer server writes here too, so documents have fields that the contract of this version does not describe. */
  readonly isBesideNewer?: boolean;
}

/** What `call` resolves with. */
export interface Called {
  readonly status: number;
  readonly headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: the answers of all routes; every test asserts its own shape
  readonly body: any;
}

/** A whole server on a free port, with a database file of its own. */
export class TestServer {
  readonly folder: string;
  readonly #options: TestServerOptions;
  readonly #streams: RawStream[] = [];
  #running: RunningServer;
  /** Tokens of production, as the first start made them. */
  readonly serverKey: string;
  readonly browserKey: string;
  /** Where the first person comes in; empty where people cannot. */
  readonly setUpLink: string;

  private constructor(folder: string, options: TestServerOptions, running: RunningServer) {
    this.folder = folder;
    this.#options = options;
    this.#running = running;
    const production = running.welcome?.environments.find(({ environment }) => environment === 'production');
    this.serverKey = production?.serverKey ?? '';
    this.browserKey = production?.browserKey ?? '';
    this.setUpLink = running.welcome?.setUpLink ?? '';
  }

  static async start(options: TestServerOptions = {}): Promise<TestServer> {
    const folder = await mkdtemp(join(tmpdir(), 'dimmer-test-'));
    return new TestServer(folder, options, await launch(folder, options));
  }

  get url(): string {
    return this.#running.url;
  }

  /** Stops the server and starts it again on the same file, at another port. */
  async restart(): Promise<void> {
    await this.#running.close();
    this.#running = await launch(this.folder, this.#options);
  }

  /** Starts a server that was closed on the same file, at the same port. */
  async resume(): Promise<void> {
    const env = { ...this.#options.env, PORT: new URL(this.#running.url).port };
    this.#running = await launch(this.folder, { ...this.#options, env });
  }

  /** A request with a JSON body, by the admin unless told otherwise. */
  async call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Called> {
    const answer = await httpCall(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${ADMIN_TOKEN}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const { status, text } = answer;
    const isJson = answer.headers.get('content-type')?.includes('json');
    const called = { status, headers: answer.headers, body: isJson ? JSON.parse(text) : text };
    if (isJson && !this.#options.isBesideNewer) keepsContract(method, path, called);
    return called;
  }

  /** As `call`, below the project `default`; fails the test if it is refused. */
  async admin(method: string, path: string, body?: unknown): Promise<Called['body']> {
    const { status, body: answer } = await this.call(method, `/api/v1/projects/default/${path}`, body);
    if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(answer)}`);
    return answer;
  }

  /** A request with the server key of production, unless other headers are given. */
  sdk(path: string, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.url}/sdk/v1${path}`, { headers: { authorization: `Bearer ${this.serverKey}` }, ...init });
  }

  async stream(query = '', headers?: Record<string, string>): Promise<RawStream> {
    const url = `${this.url}/sdk/v1/stream${query}`;
    const stream = await RawStream.open(url, headers ?? { authorization: `Bearer ${this.serverKey}` });
    this.#streams.push(stream);
    return stream;
  }

  /** The value of one line of `/metrics`. */
  async metric(line: string): Promise<number> {
    const { body } = await this.call('GET', '/metrics');
    const found = (body as string).split('\n').find((each) => each.startsWith(`${line} `));
    return Number(found?.slice(line.length));
  }

  close(): Promise<void> {
    return this.#running.close();
  }

  async stop(): Promise<void> {
    for (const stream of this.#streams) stream.close();
    await this.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function launch(
  folder: string,
  { env = {}, logger, now, audit, passwords }: TestServerOptions,
): Promise<RunningServer> {
  const outcome = readConfig({
    PORT: '0',
    DATABASE_URL: `file:${folder}/dimmer.db`,
    DIMMER_ADMIN_TOKEN: ADMIN_TOKEN,
    DIMMER_AUTH_SECRET: 'a-secret-for-tests-that-is-long-enough',
    DIMMER_DRAIN_MS: '0',
    ...env,
  });
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return startServer(outcome.config, {
    ...(logger && { logger }),
    ...(now && { now }),
    ...(audit && { audit }),
    passwords: passwords ?? new Passwords({ N: 2 ** 10, r: 8, p: 1 }),
  });
}
