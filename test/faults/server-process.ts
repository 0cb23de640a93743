import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { discardBuilds } from '../build-once.ts';
import { builtServer } from '../built.ts';
import { PATIENCE_MS, tooSlowFor } from '../patience.ts';

const START_TRIES = 5;

/** What `npm start` tells Node before the program. */
const { scripts } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
const START_FLAGS: readonly string[] = scripts.start.split(' ').filter((word: string) => word.startsWith('--'));

export const ADMIN_TOKEN = 'an-admin-token-for-fault-tests';

/** Removes the bundle; the next start makes it anew. */
export const discardBundle = discardBuilds;

/** The server as a process of its own, which a test may kill. It comes back on the same file and port. */
export class ServerProcess {
  readonly #database: string;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | null = null;
  #port = 0;
  #output = '';
  #log = '';

  /**
   * @param database path of the SQLite file, or the URL of a PostgreSQL database
   * @param env further settings
   */
  constructor(database: string, env: Readonly<Record<string, string>> = {}) {
    this.#database = database.startsWith('postgres:') ? database : `file:${database}`;
    this.#env = env;
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Server keys by environment, as the first start showed them. */
  get serverKeys(): ReadonlyMap<string, string> {
    const lines = this.#output.matchAll(/^ {2}(\w+)\n {4}server key +(\S+)$/gm);
    return new Map([...lines].map(([, environment, key]) => [environment as string, key as string]));
  }

  /** What it has shown, over all starts: links and tokens of the first. */
  get output(): string {
    return this.#output;
  }

  /** What it has said in its log, over all starts. */
  get log(): string {
    return this.#log;
  }

  /**
   * Starts it and waits until it is ready.
   *
   * @returns how long that took, in ms
   */
  async start(): Promise<number> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await this.#start();
      } catch (error) {
        // A client may have been given our port for its own end of a connection; it lets go of it again.
        if (tries === START_TRIES || !String(error).includes('in use')) throw error;
      }
    }
  }

  /** SIGKILL. Resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** SIGTERM, as an operator would. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** Runs the program with other words, beside the server and with its settings. Answers what it has said. */
  async run(...words: string[]): Promise<string> {
    const env = { PATH: process.env.PATH, DATABASE_URL: this.#database, ...this.#env };
    return (await promisify(execFile)(process.execPath, [await builtServer(), ...words], { env })).stdout;
  }

  /** The process, for whoever stops or watches it. */
  get pid(): number | undefined {
    return this.#child?.pid;
  }

  async #start(): Promise<number> {
    // As it is shipped: killing it is killing the real thing.
    const program = await builtServer();
    const startedAt = performance.now();
    const child = spawn(process.execPath, [...START_FLAGS, program], {
      env: {
        PATH: process.env.PATH,
        PORT: String(this.#port),
        DATABASE_URL: this.#database,
        DIMMER_ADMIN_TOKEN: ADMIN_TOKEN,
        DIMMER_DRAIN_MS: '0',
        ...this.#env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    let errors = '';
    child.stdout.on('data', (text) => {
      this.#output += text;
    });
    await new Promise<void>((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(tooSlowFor(`the server had started: ${errors}`, PATIENCE_MS))),
        PATIENCE_MS,
      );
      child.stderr.on('data', (text) => {
        errors += text;
        this.#log += text;
        const port = /Listening url="http:\/\/127\.0\.0\.1:(\d+)"/.exec(errors)?.[1];
        if (port === undefined) return;
        this.#port = Number(port);
        clearTimeout(timer);
        resolve();
      });
      child.once('exit', (code) => {
        clearTimeout(timer);
        reject(new Error(`The server ended with ${code}: ${errors}`));
      });
    });
    return performance.now() - startedAt;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    this.#child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once('exit', resolve));
    child.kill(signal);
    await gone;
  }
}
