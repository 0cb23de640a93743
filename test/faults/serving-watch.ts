import { get } from 'node:http';
import { ADMIN_TOKEN } from './server-process.ts';
import { pause } from './waiting.ts';

const EVERY_MS = 50;

/** Asks a server for what it must answer at any time, again and again: a ruleset, a flag, a new stream. */
export class ServingWatch {
  readonly #url: () => string;
  readonly #key: string;
  readonly #flag: string;
  #running: Promise<void> | null = null;
  #stopped = false;
  tried = 0;
  slowestMs = 0;
  readonly failures: string[] = [];

  constructor(url: () => string, key: string, flag: string) {
    this.#url = url;
    this.#key = key;
    this.#flag = flag;
  }

  start(): void {
    this.#stopped = false;
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    this.#running = null;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      await this.#try('ruleset', () => this.#read('/sdk/v1/ruleset', this.#key));
      await this.#try('flag', () => this.#read(`/api/v1/projects/default/flags/${this.#flag}`, ADMIN_TOKEN));
      await this.#try('stream', () => this.#stream());
      await pause(EVERY_MS);
    }
  }

  async #try(what: string, ask: () => Promise<void>): Promise<void> {
    const startedAt = performance.now();
    this.tried += 1;
    try {
      await ask();
    } catch (error) {
      this.failures.push(`${what}: ${(error as Error).message}`);
    }
    this.slowestMs = Math.max(this.slowestMs, Math.round(performance.now() - startedAt));
  }

  async #read(path: string, token: string): Promise<void> {
    const response = await fetch(this.#url() + path, { headers: { authorization: `Bearer ${token}` } });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${response.status} ${text.slice(0, 200)}`);
    if (!text.includes(this.#flag)) throw new Error(`an answer without ${this.#flag}`);
  }

  /** A whole snapshot has come. */
  #stream(): Promise<void> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${this.#key}` };
      const request = get(`${this.#url()}/sdk/v1/stream`, { headers, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (more: string) => {
          text += more;
          if (!/event: snapshot\n(.+\n)+\n/.test(text)) return;
          request.destroy();
          resolve();
        });
        response.on('end', () => reject(new Error(`${response.statusCode}, ended after ${text.slice(0, 200)}`)));
        response.on('error', () => {});
      });
      request.on('error', reject);
    });
  }
}
