import type { AdminClient } from './admin-client.ts';

/** Writes to one flag, one value after another, and remembers what the server acknowledged. */
export class FlagWriter {
  readonly flag: string;
  readonly #admin: AdminClient;
  /** Revision → id of every acknowledged write since the last look. */
  readonly acknowledged = new Map<number, string>();
  #value = 0;
  #lastAcknowledged = 0;
  #isRunning = false;

  constructor(flag: string, admin: AdminClient) {
    this.flag = flag;
    this.#admin = admin;
  }

  /** Values that the flag may have now: the last that was acknowledged, or one on its way when the server died. */
  get possible(): readonly number[] {
    return [this.#lastAcknowledged, this.#value];
  }

  /** What the flag was found to have; later writes go on from there. */
  settle(value: number): void {
    this.#lastAcknowledged = value;
    this.#value = value;
    this.acknowledged.clear();
  }

  /** Writes until the server is gone. */
  async run(): Promise<void> {
    this.#isRunning = true;
    while (this.#isRunning) {
      // Each value is another one, so what is found tells which write made it.
      this.#value = (this.#value % 99_999) + 1;
      try {
        const { revision, id } = await this.#admin.rollout(this.flag, this.#value);
        this.acknowledged.set(revision, id);
        this.#lastAcknowledged = this.#value;
      } catch {
        return;
      }
    }
  }

  stop(): void {
    this.#isRunning = false;
  }
}
