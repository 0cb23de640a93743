/** What was asked and what failed while each stage lasted: the figures that are printed. */
import type { Load } from './load.ts';

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

  /** A stage lasts as long as what is done in it. */
  async during(name: string, act: () => Promise<unknown>): Promise<void> {
    const { requests, failures } = this.#load;
    const [began, failedBefore] = [performance.now(), failures.length];
    await act();
    const seconds = (performance.now() - began) / 1_000;
    this.#past.push({
      ...{ name, seconds },
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
