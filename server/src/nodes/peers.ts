import { sql } from 'drizzle-orm';
import type { ChangeLog } from '../change-log/change-log.ts';
import type { Logger } from '../logger.ts';
import type { PostgresDatabase } from '../store/postgres/database.ts';
import { Follower } from './follower.ts';
import { NodePresence } from './node-presence.ts';
import { Notifications } from './notifications.ts';
import type { SharedInstances } from './shared-instances.ts';

const PRUNE_MS = 60_000;

interface PeersOptions {
  readonly database: PostgresDatabase;
  readonly listenUrl: string;
  readonly node: string;
  readonly version: string;
  readonly changeLog: ChangeLog;
  readonly instances: SharedInstances;
  /** Writes again for the other servers what they had been told. */
  readonly tellAll: () => void;
  readonly now: () => number;
  readonly logger: Logger;
}

/**
 * Peers: the other servers on the same database. This server follows their changes, is seen by them, and shares work.
 */
export class Peers {
  readonly #follower: Follower;
  readonly #notifications: Notifications;
  readonly #presence: NodePresence;
  readonly #instances: SharedInstances;
  readonly #pruning: NodeJS.Timeout;

  constructor(options: PeersOptions) {
    const { database, listenUrl, node, version, changeLog, instances, tellAll, now, logger } = options;
    this.#instances = instances;
    this.#presence = new NodePresence({ database, node, version, now, logger, forgotten: tellAll });
    void this.#presence.beat();
    this.#follower = new Follower({
      log: changeLog,
      logger,
      now,
      random: Math.random,
      recovered: () => {
        this.#notifications.reconnect();
        tellAll();
      },
    });
    this.#notifications = new Notifications({
      url: listenUrl,
      logger,
      say: (channel, word) => database.attempt((db) => db.execute(sql`SELECT pg_notify(${channel}, ${word})`)),
      heard: (revision) => this.#follower.hint(revision),
    });
    this.#pruning = setInterval(() => void this.#prune(), PRUNE_MS);
  }

  /** Since when the database has not answered, ms since 1970; `null` while it does. */
  get databaseLostSince(): number | null {
    return this.#follower.lostSince;
  }

  /** Whether notifications arrive; without them, changes of others take up to 2 s. `null`: not known yet. */
  get notified(): boolean | null {
    return this.#notifications.working;
  }

  /** Whether this server is the one that does a piece of work. */
  holds(work: string): Promise<boolean> {
    return this.#presence.holds(work);
  }

  async close(): Promise<void> {
    clearInterval(this.#pruning);
    this.#follower.close();
    this.#notifications.close();
    await this.#instances.close();
    await this.#presence.close();
  }

  async #prune(): Promise<void> {
    if (await this.holds('prune instances')) await this.#instances.prune().catch(() => {});
  }
}
