import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import type { Logger } from '../logger.ts';
import { CHANNEL } from '../store/postgres/postgres-store.ts';

/** Self-check channel: a connection that does not hear its own messages is replaced. */
const PROBE_CHANNEL = 'dimmer_probe';
const PROBE_MS = 10_000;
const ECHO_WITHIN_MS = 5_000;
const CONNECT_MS = 5_000;
/** After a connection has ended, or could not be made. */
const AGAIN_MS = 1_000;

interface NotificationsOptions {
  /** Reaches the database itself: LISTEN through a pooler that gives each transaction another connection hears nothing. */
  readonly url: string;
  /** Says a word on a channel of the database by the road that commits take, so that its echo proves the whole of it. */
  readonly say: (channel: string, word: string) => Promise<unknown>;
  /** Somebody has committed. `null`: something may have been missed. */
  readonly heard: (revision: number | null) => void;
  readonly logger: Logger;
}

/**
 * LISTEN/NOTIFY: hears of commits by other servers the moment they are made. A hint and no more: a server that misses
 * one finds out by polling, seconds later.
 *
 * The connection is checked: every 10 s a message is sent the way that commits take, and a connection that does not
 * hear it is replaced. Otherwise a socket that was cut silently looks alive for hours, and a pooler in between
 * acknowledges LISTEN and never delivers.
 */
export class Notifications {
  readonly #options: NotificationsOptions;
  readonly #name = randomBytes(8).toString('hex');
  #client: Client | null = null;
  #probe: NodeJS.Timeout | null = null;
  #echo: NodeJS.Timeout | null = null;
  #again: NodeJS.Timeout | null = null;
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

  /** Reconnects now instead of a little later: the caller knows that the database is back. */
  reconnect(): void {
    if (this.#again !== null) void this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    this.#disconnect();
  }

  async #connect(): Promise<void> {
    this.#disconnect();
    if (this.#isClosed) return;
    const client = new Client({
      connectionString: this.#options.url,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      application_name: 'dimmer listen',
    });
    this.#client = client;
    client.on('error', () => {});
    client.on('end', () => this.#lost(client));
    client.on('notification', ({ channel, payload = '' }) => {
      if (channel === CHANNEL) this.#options.heard(/^\d+$/.test(payload) ? Number(payload) : null);
      else if (payload === this.#name) this.#heardEcho();
    });
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}; LISTEN ${PROBE_CHANNEL}`);
    } catch {
      this.#lost(client);
      return;
    }
    if (client !== this.#client) return;
    // What was said while there was no connection is lost.
    this.#options.heard(null);
    this.#probe = setInterval(() => this.#ask(), PROBE_MS);
    this.#ask();
  }

  #lost(client: Client): void {
    if (client !== this.#client) return;
    this.#disconnect();
    if (!this.#isClosed) this.#again = setTimeout(() => void this.#connect(), AGAIN_MS);
  }

  #disconnect(): void {
    if (this.#probe !== null) clearInterval(this.#probe);
    if (this.#echo !== null) clearTimeout(this.#echo);
    if (this.#again !== null) clearTimeout(this.#again);
    this.#probe = null;
    this.#echo = null;
    this.#again = null;
    const client = this.#client;
    this.#client = null;
    void client?.end().catch(() => {});
  }

  #ask(): void {
    if (this.#client === null || this.#echo !== null) return;
    this.#echo = setTimeout(() => this.#missEcho(), ECHO_WITHIN_MS);
    // What could not be said has no echo, and nothing is wrong with the ear.
    this.#options.say(PROBE_CHANNEL, this.#name).catch(() => this.#forgetEcho());
  }

  #forgetEcho(): void {
    if (this.#echo !== null) clearTimeout(this.#echo);
    this.#echo = null;
  }

  #heardEcho(): void {
    this.#forgetEcho();
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
