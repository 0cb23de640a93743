import { randomBytes } from 'node:crypto';
import postgres, { type Sql } from 'postgres';
import type { Logger } from '../logger.ts';
import { CHANNEL } from '../store/postgres/postgres-store.ts';

/** A channel of our own word to ourselves, by which a connection that hears nothing is noticed. */
const PROBE_CHANNEL = 'dimmer_probe';
const PROBE_MS = 10_000;
const ECHO_WITHIN_MS = 5_000;
const CONNECT_S = 5;

interface NotificationsOptions {
  /** Reaches the database itself: LISTEN through a pooler that gives each transaction another connection hears nothing. */
  readonly url: string;
  /** Somebody has committed. `null`: something may have been missed. */
  readonly heard: (revision: number | null) => void;
  readonly logger: Logger;
}

/**
 * Hears of commits by other servers the moment they are made. A hint and no more: whoever misses one finds out by
 * polling, seconds later.
 *
 * The connection proves itself: every 10 s it is sent a word through the same database, and one that does not hear it
 * is given up for a new one. A socket that was cut without a farewell looks alive for hours otherwise, and a pooler in
 * between acknowledges LISTEN and never delivers.
 */
export class Notifications {
  readonly #options: NotificationsOptions;
  readonly #name = randomBytes(8).toString('hex');
  #client: Sql | null = null;
  #probe: NodeJS.Timeout | null = null;
  #echo: NodeJS.Timeout | null = null;
  #isWorking: boolean | null = null;
  #isClosed = false;

  constructor(options: NotificationsOptions) {
    this.#options = options;
    void this.#connect();
  }

  /** Whether the last probe was heard; `null` before the first. */
  get working(): boolean | null {
    return this.#isWorking;
  }

  /** Begins anew now instead of at the next probe: whoever calls knows that the database is back. */
  reconnect(): void {
    if (this.#isWorking !== true && !this.#isClosed) void this.#connect();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#disconnect();
  }

  async #connect(): Promise<void> {
    await this.#disconnect();
    if (this.#isClosed) return;
    const client = postgres(this.#options.url, {
      ...{ max: 1, idle_timeout: 0, max_lifetime: null, connect_timeout: CONNECT_S, fetch_types: false },
      ...{ prepare: false, onnotice: () => {}, connection: { application_name: 'dimmer listen' } },
    });
    this.#client = client;
    this.#probe = setInterval(() => this.#ask(), PROBE_MS);
    try {
      await client.listen(CHANNEL, (payload) => this.#options.heard(/^\d+$/.test(payload) ? Number(payload) : null));
      await client.listen(
        PROBE_CHANNEL,
        (payload) => {
          if (payload === this.#name) this.#heardEcho();
        },
        // Called at every new connection: what was said while there was none is lost.
        () => this.#options.heard(null),
      );
      this.#ask();
    } catch {
      // The next probe finds nobody listening, and begins anew.
    }
  }

  async #disconnect(): Promise<void> {
    if (this.#probe !== null) clearInterval(this.#probe);
    if (this.#echo !== null) clearTimeout(this.#echo);
    this.#echo = null;
    const client = this.#client;
    this.#client = null;
    await client?.end({ timeout: 0 }).catch(() => {});
  }

  #ask(): void {
    const client = this.#client;
    if (client === null || this.#echo !== null) return;
    this.#echo = setTimeout(() => this.#missEcho(), ECHO_WITHIN_MS);
    client.notify(PROBE_CHANNEL, this.#name).catch(() => {});
  }

  #heardEcho(): void {
    if (this.#echo !== null) clearTimeout(this.#echo);
    this.#echo = null;
    if (this.#isWorking === false) this.#options.logger.info('Notifications of the database arrive again');
    this.#isWorking = true;
  }

  #missEcho(): void {
    this.#echo = null;
    if (this.#isWorking !== false) {
      this.#options.logger.warn(
        'Notifications of the database do not arrive; changes of other servers are found by polling, within 2 s. Behind PgBouncer, set DATABASE_LISTEN_URL to the database itself',
      );
    }
    this.#isWorking = false;
    void this.#connect();
  }
}
