import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type RunningServer, readConfig, startServer } from '@dimmer/server';

const ADMIN_TOKEN = 'examples-admin-token-0123456789';

/** A real Dimmer server on a fresh database and any free port, as a reader of an example has it after `npm start`. */
export class ExampleServer {
  readonly #server: RunningServer;
  readonly #folder: string;

  private constructor(server: RunningServer, folder: string) {
    this.#server = server;
    this.#folder = folder;
  }

  static async start(): Promise<ExampleServer> {
    const folder = await mkdtemp(join(tmpdir(), 'dimmer-examples-'));
    // Examples keep their files in the folder, but share what `tsx` keeps of our sources: it is the same for all.
    const translated = `tsx-${process.getuid?.() ?? userInfo().username}`;
    await mkdir(join(tmpdir(), translated), { recursive: true });
    await symlink(join(tmpdir(), translated), join(folder, translated));
    const read = readConfig({
      PORT: '0',
      DATABASE_URL: `file:${join(folder, 'dimmer.db')}`,
      DIMMER_ADMIN_TOKEN: ADMIN_TOKEN,
      DIMMER_DRAIN_MS: '0',
    });
    if (!read.ok) throw new Error(JSON.stringify(read.problems));
    return new ExampleServer(await startServer(read.config), folder);
  }

  /** What an example reads from its environment. The key is of `production`. */
  variables(kind: 'server' | 'browser' = 'server'): Record<string, string> {
    const production = this.#server.welcome?.environments.find(({ environment }) => environment === 'production');
    if (!production) throw new Error('The first start made no keys for production.');
    return {
      DIMMER_URL: this.#server.url,
      DIMMER_KEY: kind === 'server' ? production.serverKey : production.browserKey,
      DIMMER_ADMIN_TOKEN: ADMIN_TOKEN,
      // What the SDK keeps for its next start goes away with the database.
      TMPDIR: this.#folder,
    };
  }

  /** A write by the admin API, below the project. @throws Error with what the server answered, if it refused. */
  async post(path: string, body: object): Promise<void> {
    const response = await fetch(`${this.#server.url}/api/v1/projects/default${path}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${ADMIN_TOKEN}`, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  }

  async close(): Promise<void> {
    await this.#server.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
