/** Requests that never stop: reads, moves, joins, renames, and moves of one user at the same time. */
import { setTimeout as delay } from 'node:timers/promises';
import { Oracle } from './oracle.ts';
import { seeded } from './seeded.ts';
import type { Address } from './users-api.ts';

const WORKERS = 10;
const PAUSE_MS = 25;

export class Load {
  readonly oracle = new Oracle();
  requests = 0;
  readonly failures: string[] = [];
  /** Reads that were not what had been acknowledged. */
  readonly different: string[] = [];
  /** Writes second addresses as well. */
  givesWork = false;
  readonly #url: string;
  #work: readonly Promise<void>[] = [];
  #isOver = false;
  #written = 0;

  constructor(url: string) {
    this.#url = url;
  }

  /** @param users who is there already, and known to the oracle. Each worker has some for itself, and new ones join them. */
  start(users: readonly number[]): void {
    this.#work = Array.from({ length: WORKERS }, (_, worker) =>
      this.#run(
        users.filter((id) => id % WORKERS === worker),
        seeded(worker + 1),
      ),
    );
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#work);
  }

  /** Reads everybody. @returns how many are lost, and how many are not what was acknowledged. */
  async checkAll(): Promise<{ readonly lost: number; readonly different: number }> {
    let [lost, different] = [0, 0];
    for (const { id, work } of this.oracle) {
      const user = await fetch(`${this.#url}/users/${id}`);
      if (user.status === 404) lost++;
      else if (!this.oracle.agrees(id, await user.json())) different++;
      if (!work) continue;
      const all = (await (await fetch(`${this.#url}/users/${id}/addresses`)).json()) as ({ kind: string } & Address)[];
      const kept = all.find(({ kind }) => kind === 'work');
      if (!kept) lost++;
      else if (kept.street !== work.street || kept.city !== work.city) different++;
    }
    return { lost, different };
  }

  async #run(users: number[], random: () => number): Promise<void> {
    while (!this.#isOver) {
      const id = users[Math.floor(random() * users.length)] ?? 0;
      const chance = random();
      try {
        if (chance < 0.5) await this.#read(id);
        else if (chance < 0.7) await this.#move(id, this.#address());
        else if (chance < 0.74) await this.#move(id, null);
        else if (chance < 0.84) await this.#move(id, this.#address(), this.#address());
        else if (chance < 0.9) await this.#rename(id);
        else if (chance < 0.95 || !this.givesWork) users.push(await this.#join(chance < 0.91 ? null : this.#address()));
        else await this.#giveWork(id, this.#address());
      } catch (error) {
        this.failures.push(`${error}`);
      }
      await delay(PAUSE_MS);
    }
  }

  async #read(id: number): Promise<void> {
    const user = await (await this.#ask('GET', `/users/${id}`)).json();
    if (!this.oracle.agrees(id, user)) this.different.push(`${id}: ${JSON.stringify(user)}`);
  }

  async #move(id: number, ...addresses: readonly (Address | null)[]): Promise<void> {
    const path = `/users/${id}/address`;
    await Promise.all(addresses.map((to) => (to ? this.#ask('PUT', path, to) : this.#ask('DELETE', path))));
    this.oracle.moved(id, ...addresses);
    // At once, and most likely by another process than the one that has written.
    await this.#read(id);
  }

  async #rename(id: number): Promise<void> {
    const name = `renamed ${++this.#written}`;
    await this.#ask('PATCH', `/users/${id}`, { name });
    this.oracle.renamed(id, name);
  }

  async #join(address: Address | null): Promise<number> {
    const name = `joined ${++this.#written}`;
    const { id } = (await (await this.#ask('POST', '/users', { name, address })).json()) as { id: number };
    this.oracle.joined(id, name, address);
    return id;
  }

  async #giveWork(id: number, address: Address): Promise<void> {
    await this.#ask('PUT', `/users/${id}/addresses/work`, address);
    this.oracle.hasWork(id, address);
  }

  #address(): Address {
    return { street: `${++this.#written} Long Street`, city: 'Newtown' };
  }

  async #ask(method: string, path: string, body?: object): Promise<Response> {
    this.requests++;
    const answer = await fetch(`${this.#url}${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
    if (!answer.ok) throw new Error(`${method} ${path} was answered ${answer.status}`);
    return answer;
  }
}
