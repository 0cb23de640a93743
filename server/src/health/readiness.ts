/** Probes are asked for by anybody; the store is asked at most this often. */
const FRESH_MS = 1_000;

export type Readiness = { readonly ready: true } | { readonly ready: false; readonly reason: string };

interface ReadinessOptions {
  readonly isDraining: () => boolean;
  /** Rejects when the store cannot be written. */
  readonly probeStore: () => Promise<void>;
  readonly now: () => number;
}

/** Whether this server should be sent requests. Alive and ready differ: a server without a disk still serves streams. */
export class ReadinessCheck {
  readonly #options: ReadinessOptions;
  #store: { readonly at: number; readonly answer: Promise<Readiness> } | null = null;

  constructor(options: ReadinessOptions) {
    this.#options = options;
  }

  async check(): Promise<Readiness> {
    const { isDraining, now } = this.#options;
    if (isDraining()) return { ready: false, reason: 'draining: this server is going down' };
    if (this.#store === null || now() - this.#store.at >= FRESH_MS) this.#store = { at: now(), answer: this.#probe() };
    return this.#store.answer;
  }

  async #probe(): Promise<Readiness> {
    try {
      await this.#options.probeStore();
      return { ready: true };
    } catch {
      // What the database says is for the log, not for whoever can reach the port.
      return { ready: false, reason: 'the database cannot be written; streams and rulesets are served from memory' };
    }
  }
}
