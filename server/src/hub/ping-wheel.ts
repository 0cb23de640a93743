/** Every stream is pinged every 15 s ± 20 %, another interval each time, so pings never come in step. */
const EVERY_MS = { min: 12_000, max: 18_000 } as const;

/** One turn of the wheel visits the items of one slot, a few hundred at 10,000 streams. */
const TICK_MS = 250;

const SLOTS = Math.ceil(EVERY_MS.max / TICK_MS) + 1;

/**
 * Timer wheel: one timer for all streams. A timer for each would cost memory and keep 10,000 entries in Node's own
 * queues.
 */
export class PingWheel<Item> {
  readonly #slots: Set<Item>[] = Array.from({ length: SLOTS }, () => new Set<Item>());
  readonly #slotOf = new Map<Item, Set<Item>>();
  readonly #due: (item: Item) => void;
  readonly #random: () => number;
  #timer: NodeJS.Timeout | null = null;
  #hand = 0;

  /** @param due called for each item when its time has come */
  constructor(due: (item: Item) => void, random: () => number) {
    this.#due = due;
    this.#random = random;
  }

  add(item: Item): void {
    const waitMs = EVERY_MS.min + this.#random() * (EVERY_MS.max - EVERY_MS.min);
    const slot = this.#slots[(this.#hand + Math.floor(waitMs / TICK_MS)) % SLOTS] as Set<Item>;
    slot.add(item);
    this.#slotOf.set(item, slot);
    this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
  }

  remove(item: Item): void {
    this.#slotOf.get(item)?.delete(item);
    this.#slotOf.delete(item);
    if (this.#slotOf.size === 0) this.stop();
  }

  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  #tick(): void {
    this.#hand = (this.#hand + 1) % SLOTS;
    const slot = this.#slots[this.#hand] as Set<Item>;
    for (const item of [...slot]) {
      slot.delete(item);
      // The next turn is taken first: `due` may find the item dead and remove it.
      this.add(item);
      this.#due(item);
    }
  }
}
