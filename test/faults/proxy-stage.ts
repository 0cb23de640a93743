/** A real server, a fault proxy before it, and clients of the real SDK behind it. */
import { createClient, type DimmerClient, type NodeOptions } from '@dimmer/node';
import { TestServer } from '../../server/test/running-server.ts';
import { FaultProxy } from './fault-proxy/fault-proxy.ts';

export const IS_LONG = process.env.DIMMER_FAULTS === 'long';

const WORDS = ['off', 'grün', '吉 星 高 照', '🚀🦎', 'é\u0301\u200f'] as const;

export class ProxyStage {
  readonly server: TestServer;
  readonly proxy: FaultProxy;
  readonly #flags: number;
  readonly #clients: DimmerClient[] = [];
  /** What each flag serves now: an index into the words. */
  readonly #serves: number[];
  /** The id that the last write led to. */
  id = '';

  private constructor(server: TestServer, proxy: FaultProxy, flags: number) {
    this.server = server;
    this.proxy = proxy;
    this.#flags = flags;
    this.#serves = Array(flags).fill(0);
  }

  /** @param flags how many, of strings beyond ASCII; thirteen make a snapshot of about 4 kB */
  static async open(flags = 13): Promise<ProxyStage> {
    const server = await TestServer.start();
    const stage = new ProxyStage(server, await FaultProxy.start(() => server.url), flags);
    const variations = WORDS.map((value, index) => ({ key: `v${index}`, value }));
    for (let flag = 0; flag < flags; flag++) {
      await server.admin('POST', 'flags', { key: `flag-${flag}`, type: 'string', variations });
    }
    for (let flag = 0; flag < flags; flag++) await stage.write();
    return stage;
  }

  /** Lets one flag serve another word. Answers the id. */
  async write(): Promise<string> {
    const flag = Math.floor(Math.random() * this.#flags);
    const word = (this.#serves[flag]! + 1) % WORDS.length;
    const path = `flags/flag-${flag}/environments/production/rollout`;
    const { id } = await this.server.admin('POST', path, { variation: `v${word}`, percent: 100 });
    this.#serves[flag] = word;
    this.id = id;
    return id;
  }

  /** A client through the proxy, which keeps and reports nothing. */
  connect(options: Partial<NodeOptions> = {}): DimmerClient {
    const { url } = this.proxy;
    const client = createClient({
      url,
      key: this.server.serverKey,
      cache: false,
      reporting: false,
      logger: false,
      ...options,
    });
    this.#clients.push(client);
    return client;
  }

  /** Whether a client is current, and decides as the server says. */
  isCurrent(client: DimmerClient): boolean {
    return client.status().id === this.id && this.wrongIn(client).length === 0;
  }

  /** Flags that a client decides otherwise. */
  wrongIn(client: DimmerClient): readonly string[] {
    return this.#serves.flatMap((word, flag) => {
      const value = client.value(`flag-${flag}`, 'the default', { targetingKey: 'ann' });
      return value === WORDS[word] ? [] : [`flag-${flag}: ${value}`];
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.proxy.close();
    await this.server.stop();
  }
}
