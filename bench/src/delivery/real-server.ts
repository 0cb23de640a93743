import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleProgram } from '../bundle.ts';
import { serverSettings } from '../server-settings.ts';
import { Caller } from './caller.ts';
import { Program } from './program.ts';

const ENVIRONMENT = '/api/v1/projects/default/environments/production';
const FLAG = 'new-checkout';

/** Our server as a process of its own, with an SQLite file in a new folder, one boolean flag and one server key. */
export class RealServer {
  readonly url: string;
  /** A server key of the environment whose flag is toggled. */
  readonly key: string;
  readonly #program: Program;
  readonly #admin: Caller;
  readonly #folder: string;
  #isOn = false;

  private constructor(url: string, key: string, program: Program, admin: Caller, folder: string) {
    this.url = url;
    this.key = key;
    this.#program = program;
    this.#admin = admin;
    this.#folder = folder;
  }

  static async start(): Promise<RealServer> {
    const folder = mkdtempSync(join(tmpdir(), 'dimmer-bench-'));
    const token = randomBytes(24).toString('base64url');
    const program = new Program(
      await bundleProgram(new URL('../../../server/src/main.ts', import.meta.url)),
      serverSettings(folder, token),
    );
    const url = await program.url();
    const admin = new Caller(url, { Authorization: `Bearer ${token}` });
    await admin.send('POST', '/api/v1/projects/default/flags', { key: FLAG, type: 'boolean' });
    const minted = await admin.send('POST', `${ENVIRONMENT}/keys`, { kind: 'server', name: 'bench' });
    return new RealServer(url, (JSON.parse(minted) as { token: string }).token, program, admin, folder);
  }

  /** Turns the flag to what it was not. Resolves when the server has acknowledged. */
  toggle(): Promise<string> {
    this.#isOn = !this.#isOn;
    const path = `/api/v1/projects/default/flags/${FLAG}/environments/production/toggle`;
    return this.#admin.send('POST', path, { on: this.#isOn });
  }

  /** How many patches the server has turned into bytes so far. */
  async patchEncodings(): Promise<number> {
    const metrics = await this.#admin.send('GET', '/metrics');
    let sum = 0;
    for (const line of metrics.split('\n')) {
      if (line.startsWith('dimmer_encodings_total{') && line.includes('kind="patch"'))
        sum += Number(line.split(' ').at(-1));
    }
    return sum;
  }

  async stop(): Promise<void> {
    this.#admin.close();
    await this.#program.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
