import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Browser, PASSWORD } from '../../server/test/sign-in/browser.ts';
import { ADMIN_TOKEN, ServerProcess } from '../faults/server-process.ts';

const ADMIN = { authorization: `Bearer ${ADMIN_TOKEN}` };

/** The server as it is shipped, in a process of its own, with a folder of its own. */
export class ShippedServer {
  readonly #folder: string;
  readonly #process: ServerProcess;

  private constructor(folder: string, env: Readonly<Record<string, string>>) {
    this.#folder = folder;
    this.#process = new ServerProcess(join(folder, 'dimmer.db'), env);
  }

  static async start(env: Readonly<Record<string, string>> = {}): Promise<ShippedServer> {
    const server = new ShippedServer(await mkdtemp(join(tmpdir(), 'dimmer-security-')), env);
    await server.#process.start();
    return server;
  }

  get url(): string {
    return this.#process.url;
  }

  /** What it has said in its log. */
  get log(): string {
    return this.#process.log;
  }

  /** The server key of production. */
  get serverKey(): string {
    return this.#process.serverKeys.get('production') ?? '';
  }

  /** Somebody who may do everything by a token, and has no cookie. */
  get admin(): Browser {
    return new Browser(this, ADMIN);
  }

  /** Somebody new, signed in. */
  async join(email: string, role: string, headers: Record<string, string> = {}): Promise<Browser> {
    const { body } = await this.admin.post('/api/v1/invitations', { email, grants: [{ role }] });
    const browser = new Browser(this, headers);
    const { status } = await browser.accept(body.link, { name: email, password: PASSWORD });
    if (status !== 200) throw new Error(`${email} did not come in: ${status}`);
    return browser;
  }

  async stop(): Promise<void> {
    await this.#process.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
