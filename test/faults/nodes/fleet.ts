import { createClient } from '@dimmer/node';

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };
/** Users that every client is asked about, to see that all decide alike. */
const USERS = Array.from({ length: 200 }, (_, index) => ({ targetingKey: `user-${index}` }));

/** Many applications with the Node SDK, and what each of them was told. */
export class Fleet {
  readonly #clients: readonly ReturnType<typeof createClient>[];
  /** Ids by client, in the order in which they were applied. */
  readonly #seen: readonly string[][];
  /** When which client came to which id, ms of `performance.now()`. */
  readonly #appliedAt: readonly Map<string, number>[];
  readonly delaysMs: number[] = [];

  constructor(size: number, url: string, key: string) {
    this.#clients = Array.from({ length: size }, (_, index) =>
      createClient({ url, key, instance: `app-${index}`, application: 'fleet', cache: false, logger: SILENT }),
    );
    this.#appliedAt = this.#clients.map(() => new Map());
    this.#seen = this.#clients.map((client, index) => {
      const ids: string[] = [];
      client.on('change', ({ id, delayMs }) => {
        ids.push(id);
        this.#appliedAt[index]?.set(id, performance.now());
        if (delayMs !== null) this.delaysMs.push(delayMs);
      });
      return ids;
    });
  }

  /** Resolves with how many have rules. */
  async ready(): Promise<number> {
    const all = await Promise.all(this.#clients.map((client) => client.ready()));
    return all.filter(({ ready }) => ready).length;
  }

  /** How many decide by this id. */
  at(id: string): number {
    return this.#clients.filter((client) => client.status().id === id).length;
  }

  /** How many distinct answers the whole fleet gives about the same users: 1 = all decide alike. */
  answers(flag: string): number {
    return new Set(this.#clients.map((client) => USERS.map((user) => Number(client.isEnabled(flag, user))).join('')))
      .size;
  }

  /** Ids that some client decided by. */
  get seen(): ReadonlySet<string> {
    return new Set(this.#seen.flat());
  }

  /** How often a client went from one revision to an older one. */
  get wentBack(): number {
    const revision = (id: string) => Number.parseInt(id, 10);
    return this.#seen.reduce(
      (sum, ids) =>
        sum + ids.filter((id, index) => index > 0 && revision(id) < revision(ids[index - 1] as string)).length,
      0,
    );
  }

  /**
   * The longest time that a client went on without a change that had been acknowledged: until it applied it, or one
   * after it.
   *
   * @param written when each id was acknowledged, oldest first
   */
  slowestMs(written: ReadonlyMap<string, number>): number {
    const ids = [...written].reverse();
    return Math.max(
      ...this.#appliedAt.map((applied) => {
        let slowest = 0;
        let reachedAt = Number.POSITIVE_INFINITY;
        for (const [id, at] of ids) {
          reachedAt = Math.min(reachedAt, applied.get(id) ?? Number.POSITIVE_INFINITY);
          slowest = Math.max(slowest, reachedAt - at);
        }
        return slowest;
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
  }
}
