import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Caller } from '../delivery/caller.ts';
import { serverSettings } from '../server-settings.ts';
import { WatchedProgram } from './watched-program.ts';

const PROJECT = '/api/v1/projects/default';
const TARGETING = `${PROJECT}/flags/new-checkout/environments/production`;

interface ServerOptions {
  /** About how large its snapshot shall be. Default: one flag. */
  readonly snapshotBytes?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** Our server with an SQLite file in a new folder, a flag that is toggled, one server key, and ballast. */
export class OriginServer {
  readonly url: string;
  readonly key: string;
  readonly program: WatchedProgram;
  readonly #admin: Caller;
  readonly #token: string;
  readonly #folder: string;
  #isOn = false;

  private constructor(key: string, program: WatchedProgram, token: string, folder: string) {
    this.url = program.url;
    this.key = key;
    this.program = program;
    this.#token = token;
    this.#admin = new Caller(program.url, { Authorization: `Bearer ${token}` });
    this.#folder = folder;
  }

  static async start({ snapshotBytes = 0, env = {} }: ServerOptions = {}): Promise<OriginServer> {
    const folder = mkdtempSync(join(tmpdir(), 'dimmer-bench-'));
    const token = randomBytes(24).toString('base64url');
    const program = await WatchedProgram.start(new URL('./watched-server.ts', import.meta.url), {
      ...serverSettings(folder, token),
      ...env,
    });
    const admin = new Caller(program.url, { Authorization: `Bearer ${token}` });
    await admin.send('POST', `${PROJECT}/flags`, { key: 'new-checkout', type: 'boolean' });
    const path = `${PROJECT}/environments/production/keys`;
    const minted = await admin.send('POST', path, { kind: 'server', name: 'b' });
    admin.close();
    const server = new OriginServer((JSON.parse(minted) as { token: string }).token, program, token, folder);
    for (let bytes = await server.snapshotBytes(), index = 0; bytes < snapshotBytes; index += 1) {
      await server.#addFlag(index);
      if (index % 10 === 9) bytes = await server.snapshotBytes();
    }
    return server;
  }

  /** Turns the flag to what it was not. Answers the id of the change, when the server has acknowledged. */
  async toggle(): Promise<string> {
    this.#isOn = !this.#isOn;
    return (JSON.parse(await this.#admin.send('POST', `${TARGETING}/toggle`, { on: this.#isOn })) as { id: string }).id;
  }

  /** A command of the project, e.g. `flags`. Throws the answer if it is refused, or the server fails. */
  command(path: string, body: unknown): Promise<string> {
    return this.#admin.send('POST', `${PROJECT}/${path}`, body);
  }

  /** The value of one line of `/metrics`; 0 if there is none. */
  async metric(line: string): Promise<number> {
    const text = await this.#admin.send('GET', '/metrics');
    const found = text.split('\n').find((each) => each.startsWith(`${line} `));
    return Number(found?.slice(line.length) ?? 0);
  }

  async snapshotBytes(): Promise<number> {
    const caller = new Caller(this.url, this.authorization);
    const text = await caller.send('GET', '/sdk/v1/ruleset');
    caller.close();
    return Buffer.byteLength(text);
  }

  /** A caller who asks this server why somebody gets what he gets, on a connection of his own. */
  evaluator(): { evaluate(): Promise<string>; close(): void } {
    const caller = new Caller(this.url, { Authorization: `Bearer ${this.#token}` });
    const context = { targetingKey: 'user-17', plan: 'pro' };
    return {
      evaluate: () => caller.send('POST', `${TARGETING}/explain`, { context }),
      close: () => caller.close(),
    };
  }

  get authorization(): Readonly<Record<string, string>> {
    return { Authorization: `Bearer ${this.key}` };
  }

  get streamed() {
    return { url: `${this.url}/sdk/v1/stream`, headers: this.authorization };
  }

  async stop(): Promise<void> {
    this.#admin.close();
    await this.program.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** About half a kilobyte, as flags of the field are: two rules on attributes, and a split. */
  async #addFlag(index: number): Promise<void> {
    const key = `ballast-${index}`;
    await this.#admin.send('POST', `${PROJECT}/flags`, { key, type: 'boolean' });
    for (const attribute of ['plan', 'country']) {
      const values = [`${attribute}-a-${index}`, `${attribute}-b-${index}`];
      await this.#admin.send('POST', `${PROJECT}/flags/${key}/environments/production/rules`, {
        rule: { when: [{ attribute, operator: 'in', values }], serve: { variation: 'on' } },
      });
    }
  }
}
