import { createClient } from '@dimmer/node';

const EVERY_MS = 5;

/** An application that decides all the time, whether or not there is a server. */
export class Decider {
  readonly #client: ReturnType<typeof createClient>;
  #timer: NodeJS.Timeout | undefined;
  /** Every id that this application has decided by. */
  readonly seen = new Set<string>();
  decisions = 0;
  /** Decisions in which a flag that exists fell back to the caller's default. */
  failures = 0;

  constructor(url: string, key: string, name: string) {
    const logger = { debug() {}, info() {}, warn() {}, error() {} };
    this.#client = createClient({ url, key, instance: name, application: 'fault-test', cache: false, logger });
    this.#client.on('change', ({ id }) => this.seen.add(id));
  }

  get id(): string | undefined {
    return this.#client.status().id;
  }

  /** Calls `listener` at every change of the connection's state. The answer ends that. */
  onState(listener: () => void): () => void {
    return this.#client.on('status', listener);
  }

  /** Begins to decide once the rules are there. */
  async start(): Promise<void> {
    await this.#client.ready();
    this.#timer = setInterval(() => this.#decide(), EVERY_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#client.close();
  }

  #decide(): void {
    this.decisions += 1;
    const { errorCode } = this.#client.evaluate('flag-0', false, { targetingKey: `user-${this.decisions}` });
    if (errorCode !== undefined) this.failures += 1;
  }
}
