import type { Audience } from '@dimmer/core';
import type { DayTotal, DayTotalStore } from './day-total-store.ts';

// Why: decision 0151.
const DAY_MS = 24 * 60 * 60_000;

interface Scope {
  readonly project: string;
  readonly environment: string;
  readonly audience: Audience;
}

interface DayTotalsOptions {
  readonly figures: DayTotal['figures'];
  readonly most: Readonly<Record<Audience, number>>;
  readonly now: () => number;
  /** `null`: nobody else adds, and a start begins anew. */
  readonly store: DayTotalStore | null;
}

/**
 * Daily quota (by UTC) of what each environment may add, so that nobody can fill the disk: one sum for all servers on
 * one database, and across restarts. Each server counts what it takes, and adds it to the sum when it writes its
 * figures; so the quota can be exceeded by what the other servers take within those seconds, and by no more.
 */
export class DayTotals {
  readonly #options: DayTotalsOptions;
  #day = 0;
  /** By place: what the database said last, and what has been added here since. */
  #sums = new Map<string, number>();
  #added = new Map<string, number>();

  constructor(options: DayTotalsOptions) {
    this.#options = options;
  }

  /** Whether a share of the day's total is used up, 0–1. Default: all of it. */
  isFull(scope: Scope, share = 1): boolean {
    this.#today();
    const place = placeOf(scope);
    const total = (this.#sums.get(place) ?? 0) + (this.#added.get(place) ?? 0);
    return total >= share * this.#options.most[scope.audience];
  }

  add(scope: Scope, amount: number): void {
    this.#today();
    plus(this.#added, placeOf(scope), amount);
  }

  /** Puts what was added here into the sum, and learns what others have. Never rejects: what could not be put is kept. */
  async share(): Promise<void> {
    const { store, figures } = this.#options;
    if (store === null || this.#added.size === 0) return;
    const day = this.#today();
    const added = this.#added;
    this.#added = new Map();
    // Until the answer comes it counts as before.
    for (const [place, amount] of added) plus(this.#sums, place, amount);
    try {
      const sums = await store.add([...added].map(([place, amount]) => ({ day, place, figures, amount })));
      if (day !== this.#day) return;
      for (const { place, amount } of sums) this.#sums.set(place, amount);
    } catch {
      if (day !== this.#day) return;
      for (const [place, amount] of added) {
        plus(this.#sums, place, -amount);
        plus(this.#added, place, amount);
      }
    }
  }

  /** Removes what is kept of days that are over. Rejects with a `StoreError`. */
  async prune(): Promise<void> {
    await this.#options.store?.forget(this.#today());
  }

  #today(): number {
    const day = Math.floor(this.#options.now() / DAY_MS);
    if (day !== this.#day) {
      this.#day = day;
      this.#sums = new Map();
      this.#added = new Map();
    }
    return day;
  }
}

function plus(sums: Map<string, number>, place: string, amount: number): void {
  sums.set(place, (sums.get(place) ?? 0) + amount);
}

/** Keys of projects and environments contain no slash. */
function placeOf({ project, environment, audience }: Scope): string {
  return `${project}/${environment}/${audience}`;
}
