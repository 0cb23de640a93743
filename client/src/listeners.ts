/** Who wants to know. A listener that throws, or whose promise rejects, stops neither the others nor the stream. */
import type { Log } from './platform.ts';

export class Listeners<Events extends object> {
  readonly #log: Log;
  readonly #listeners = new Set<readonly [keyof Events, (event: never) => unknown]>();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Adds a listener; the answer removes it. The same function may be added twice. */
  add<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => unknown): () => void {
    const entry = [name, listener] as const;
    this.#listeners.add(entry);
    return () => this.#listeners.delete(entry);
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    for (const [wanted, listener] of [...this.#listeners]) {
      if (wanted === name) void this.#call(listener as (event: Events[Name]) => unknown, event);
    }
  }

  clear(): void {
    this.#listeners.clear();
  }

  async #call<Event>(listener: (event: Event) => unknown, event: Event): Promise<void> {
    try {
      await listener(event);
    } catch (error) {
      this.#log('LISTENER_FAILED', String(error));
    }
  }
}
