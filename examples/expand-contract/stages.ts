/** What was asked and what failed while each stage lasted: the figures that are printed. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Load } from './load.ts';

/** What each stage has to stand. */
const ENOUGH_REQUESTS = 200;

interface Stage {
  readonly name: string;
  readonly seconds: number;
  readonly requests: number;
  readonly failed: number;
}

export class Stages {
  readonly #load: Load;
  readonly #past: Stage[] = [];

  constructor(load: Load) {
    this.#load = load;
  }

  /** Waits until so many more requests have been made, however long they take. */
  async requests(count: number): Promise<void> {
    const enough = this.#load.requests + count;
    while (this.#load.requests < enough) await delay(20);
  }

  /** A stage lasts as long as what is done in it, and until it has stood enough requests. */
  async during(name: string, act: () => unknown): Promise<void> {
    const { requests, failures } = this.#load;
    const [began, failedBefore] = [performance.now(), failures.length];
    await act();
    await this.requests(ENOUGH_REQUESTS);
    const seconds = (performance.now() - began) / 1_000;
    this.#past.push({
      name,
      seconds,
      requests: this.#load.requests - requests,
      failed: failures.length - failedBefore,
    });
  }

  /** A table. */
  toString(): string {
    const rows = [
      ['stage', 'seconds', 'requests', 'failed'],
      ...this.#past.map(({ name, seconds, requests, failed }) => [
        name,
        seconds.toFixed(1),
        `${requests}`,
        `${failed}`,
      ]),
    ];
    return rows
      .map(([name = '', ...rest]) => name.padEnd(40) + rest.map((cell) => cell.padStart(10)).join(''))
      .join('\n');
  }
}
