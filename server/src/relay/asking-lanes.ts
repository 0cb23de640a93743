// Why: decision 0126.
/** Longest queues: of one network and in sum. Beyond it a key is not asked about now. */
const MOST_WAITING = { ofOne: 20, inSum: 500 } as const;

interface Waiting {
  readonly network: string;
  readonly enter: (entered: boolean) => void;
}

/**
 * Fair queueing: unknown keys are asked about in lanes by network, so many at once in sum and of one network; the
 * others wait. So a client that makes keys up waits for itself, and a new good key from elsewhere is asked about at
 * once.
 */
export class AskingLanes {
  readonly #most: number;
  readonly #mostOfOne: number;
  readonly #asking = new Map<string, number>();
  #inSum = 0;
  /** In the order in which they came. */
  #waiting: Waiting[] = [];

  constructor(most: number, mostOfOne: number) {
    this.#most = most;
    this.#mostOfOne = mostOfOne;
  }

  /** Resolves with true when it is this one's turn; with false if the line is too long, or the time is up. */
  enter(network: string, withinMs: number): Promise<boolean> {
    if (this.#hasRoom(network)) {
      this.#take(network);
      return Promise.resolve(true);
    }
    const ofOne = this.#waiting.filter((each) => each.network === network).length;
    if (ofOne >= MOST_WAITING.ofOne || this.#waiting.length >= MOST_WAITING.inSum) return Promise.resolve(false);
    return new Promise((resolve) => {
      const waiting: Waiting = {
        network,
        enter(entered) {
          clearTimeout(timer);
          resolve(entered);
        },
      };
      const timer = setTimeout(() => {
        this.#waiting = this.#waiting.filter((each) => each !== waiting);
        resolve(false);
      }, withinMs);
      this.#waiting.push(waiting);
    });
  }

  /** Called once for each that has entered. */
  leave(network: string): void {
    this.#inSum -= 1;
    const left = (this.#asking.get(network) ?? 1) - 1;
    if (left > 0) this.#asking.set(network, left);
    else this.#asking.delete(network);
    const next = this.#waiting.find((each) => this.#hasRoom(each.network));
    if (next === undefined) return;
    this.#waiting = this.#waiting.filter((each) => each !== next);
    this.#take(next.network);
    next.enter(true);
  }

  #hasRoom(network: string): boolean {
    return this.#inSum < this.#most && (this.#asking.get(network) ?? 0) < this.#mostOfOne;
  }

  #take(network: string): void {
    this.#inSum += 1;
    this.#asking.set(network, (this.#asking.get(network) ?? 0) + 1);
  }
}
