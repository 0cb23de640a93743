import type { Audience } from '@dimmer/core';

const DAY_MS = 24 * 60 * 60_000;

interface Scope {
  readonly project: string;
  readonly environment: string;
  readonly audience: Audience;
}

/**
 * What each environment has added today, by UTC, so that nobody can fill the disk. Counted by each server for itself, and
 * anew after its start: it holds off a flood, it is no account.
 */
export class DayTotals {
  readonly #most: Readonly<Record<Audience, number>>;
  readonly #now: () => number;
  #day = 0;
  readonly #totals = new Map<string, number>();

  constructor(most: Readonly<Record<Audience, number>>, now: () => number) {
    this.#most = most;
    this.#now = now;
  }

  isFull(scope: Scope): boolean {
    return this.#total(scope) >= this.#most[scope.audience];
  }

  add(scope: Scope, amount: number): void {
    this.#totals.set(nameOf(scope), this.#total(scope) + amount);
  }

  #total(scope: Scope): number {
    const day = Math.floor(this.#now() / DAY_MS);
    if (day !== this.#day) {
      this.#day = day;
      this.#totals.clear();
    }
    return this.#totals.get(nameOf(scope)) ?? 0;
  }
}

/** Keys of projects and environments contain no slash. */
function nameOf({ project, environment, audience }: Scope): string {
  return `${project}/${environment}/${audience}`;
}
