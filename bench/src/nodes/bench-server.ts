import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleProgram } from '../bundle.ts';
import { Caller } from '../delivery/caller.ts';
import { Program } from '../delivery/program.ts';
import { serverSettings } from '../server-settings.ts';

const TARGETING = '/api/v1/projects/default/flags/new-checkout/environments/production';
/** The same for all, so that one key opens every server on one database. */
const TOKEN = randomBytes(24).toString('base64url');

/** What a write is answered with, as far as the bench looks at it. */
interface Written {
  readonly id: string;
  readonly propagation?: readonly { readonly complete: boolean; readonly connected: number }[];
}

/** A server as a process of its own: on PostgreSQL, below another one, or on an SQLite file in a new folder. */
export class BenchServer {
  readonly url: string;
  readonly #program: Program;
  readonly #admin: Caller;
  readonly #folder: string;
  #isOn = false;

  private constructor(url: string, program: Program, folder: string) {
    this.url = url;
    this.#program = program;
    this.#folder = folder;
    this.#admin = new Caller(url, { Authorization: `Bearer ${TOKEN}` });
  }

  /** @param env settings beside a free port; without `DATABASE_URL` or `DIMMER_UPSTREAM` an SQLite file */
  static async start(env: Readonly<Record<string, string>> = {}): Promise<BenchServer> {
    const folder = mkdtempSync(join(tmpdir(), 'dimmer-bench-'));
    const program = new Program(await bundleProgram(new URL('../../../server/src/main.ts', import.meta.url)), {
      ...serverSettings(folder, TOKEN),
      DIMMER_RELAY_FOLDER: join(folder, 'relay'),
      ...env,
    });
    return new BenchServer(await program.url(), program, folder);
  }

  /** Makes the flag that is switched, and a server key of its environment. */
  async prepare(): Promise<string> {
    await this.#admin.send('POST', '/api/v1/projects/default/flags', { key: 'new-checkout', type: 'boolean' });
    const path = '/api/v1/projects/default/environments/production/keys';
    return (JSON.parse(await this.#admin.send('POST', path, { kind: 'server', name: 'bench' })) as { token: string })
      .token;
  }

  /** Turns the flag to what it was not. Answers the id of the change. */
  async toggle(): Promise<string> {
    this.#isOn = !this.#isOn;
    return (await this.#write('toggle', { on: this.#isOn })).id;
  }

  /** Kills the flag, and waits until all have applied it. */
  kill(): Promise<Written> {
    return this.#write('kill?wait=applied&timeoutMs=10000', { reason: 'measured' });
  }

  restore(): Promise<Written> {
    return this.#write('restore?wait=applied&timeoutMs=10000', {});
  }

  async stop(): Promise<void> {
    this.#admin.close();
    await this.#program.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #write(what: string, body: object): Promise<Written> {
    return JSON.parse(await this.#admin.send('POST', `${TARGETING}/${what}`, body)) as Written;
  }
}
