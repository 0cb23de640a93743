/** What has been acknowledged, kept beside the service: what has to come out of it again. */
import type { Address } from './users-api.ts';

interface Known {
  name: string;
  /** Texts of the addresses that may be read: several only after writes at the same time, until one has been read. */
  addresses: ReadonlySet<string>;
  /** The second address, once there can be one. */
  work?: Address;
}

export class Oracle {
  readonly #users = new Map<number, Known>();

  get size(): number {
    return this.#users.size;
  }

  /** All users, with their second address if they have one. */
  *[Symbol.iterator](): Generator<{ readonly id: number; readonly work: Address | undefined }> {
    for (const [id, { work }] of this.#users) yield { id, work };
  }

  joined(id: number, name: string, address: Address | null): void {
    this.#users.set(id, { name, addresses: new Set([textOf(address)]) });
  }

  renamed(id: number, name: string): void {
    this.#known(id).name = name;
  }

  /** Has moved, or has made several moves at once, of which any may be the last. */
  moved(id: number, ...addresses: readonly (Address | null)[]): void {
    this.#known(id).addresses = new Set(addresses.map(textOf));
  }

  hasWork(id: number, work: Address): void {
    this.#known(id).work = work;
  }

  /** Whether this may be read now. What has been read once stays. */
  agrees(id: number, { name, address }: { readonly name: string; readonly address: Address | null }): boolean {
    const known = this.#known(id);
    const text = textOf(address);
    if (known.name !== name || !known.addresses.has(text)) return false;
    known.addresses = new Set([text]);
    return true;
  }

  #known(id: number): Known {
    const known = this.#users.get(id);
    if (!known) throw new Error(`Nobody knows user ${id}.`);
    return known;
  }
}

function textOf(address: Address | null): string {
  return address ? `${address.street}, ${address.city}` : 'none';
}
