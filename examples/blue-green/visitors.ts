/** Visitors who come back and back, each with their cookie, and remember which stack has answered them. */
import { setTimeout as delay } from 'node:timers/promises';

const COUNT = 250;
const AT_ONCE = 10;
const PAUSE_MS = 2;

interface Visit {
  readonly visitor: string;
  readonly stack: string;
  /** Of the rules that the front door decided by. */
  readonly revision: number;
  /** When it began, ms. */
  readonly began: number;
  readonly insteadOfGreen: boolean;
}

export class Visitors {
  readonly visits: Visit[] = [];
  failed = 0;
  readonly #door: string;
  readonly #walks: Promise<void>[];
  #isOver = false;

  constructor(door: string) {
    this.#door = door;
    const names = Array.from({ length: COUNT }, (_, index) => `visitor-${index + 1}`);
    this.#walks = Array.from({ length: AT_ONCE }, (_, walk) =>
      this.#walk(names.filter((__, i) => i % AT_ONCE === walk)),
    );
  }

  /** Waits until everybody has come again after this revision. @returns what they met with. */
  async metAt(revision: number): Promise<{ readonly green: ReadonlySet<string>; readonly percent: number }> {
    const from = this.visits.length;
    for (;;) {
      const met = this.visits.slice(from).filter((visit) => visit.revision >= revision);
      const green = new Set(met.filter(({ stack }) => stack === 'green').map(({ visitor }) => visitor));
      if (new Set(met.map(({ visitor }) => visitor)).size === COUNT)
        return { green, percent: (green.size / COUNT) * 100 };
      await delay(20);
    }
  }

  /** How often somebody went from one stack to the other. */
  moves(from: string, to: string): number {
    const last = new Map<string, string>();
    let moves = 0;
    for (const { visitor, stack } of this.visits) {
      if (last.get(visitor) === from && stack === to) moves++;
      last.set(visitor, stack);
    }
    return moves;
  }

  async leave(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#walks);
  }

  /** One after the other, round and round: no visitor is in two places at once. */
  async #walk(names: readonly string[]): Promise<void> {
    while (!this.#isOver) {
      for (const visitor of names) {
        await delay(PAUSE_MS);
        const began = performance.now();
        try {
          const answer = await fetch(this.#door, { headers: { Cookie: `visitor=${visitor}` } });
          await answer.text();
          if (!answer.ok) throw new Error(`answered ${answer.status}`);
          const { headers } = answer;
          const revision = Number.parseInt(headers.get('x-rules') ?? '0', 10);
          const stack = headers.get('x-stack') ?? '';
          this.visits.push({ visitor, stack, revision, began, insteadOfGreen: headers.has('x-instead-of') });
        } catch {
          this.failed++;
        }
      }
    }
  }
}
