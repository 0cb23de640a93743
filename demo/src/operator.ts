import { setTimeout as delay } from 'node:timers/promises';
import type { BackOffice } from './back-office.ts';
import type { DimmerServer } from './dimmer-server.ts';

/** The percentages that the demo walks through. */
const STEPS: readonly number[] = [0, 1, 10, 50, 100];

/** Why the demo kills what it has just ramped. */
export const KILL_REASON = 'Payments fail in the new checkout';

interface Parts {
  readonly office: BackOffice;
  readonly server: DimmerServer;
  /** How long the ramp stays at each step. */
  readonly holdMs: number;
  /** Told each act as it is done, as one line. */
  readonly tell: (line: string) => void;
}

/** Somebody at the dimmer: ramps, sets, kills by the admin API, and pulls the server's plug. */
export class Operator {
  readonly #parts: Parts;
  #ramping: AbortController | undefined;
  #ramped = false;

  /** What each key of the keyboard does. */
  readonly keys: Readonly<Record<string, () => void>> = {
    r: () => void this.#attempt(() => this.#ramp()),
    0: () => this.#byHand(() => this.#set(0)),
    1: () => this.#byHand(() => this.#set(1)),
    2: () => this.#byHand(() => this.#set(10)),
    3: () => this.#byHand(() => this.#set(50)),
    4: () => this.#byHand(() => this.#set(100)),
    k: () => this.#byHand(() => this.#kill()),
    s: () => this.#byHand(() => this.#togglePower()),
    q: () => process.kill(process.pid, 'SIGTERM'),
  };

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Sets the share by hand. Resolves when it is done; with false if it could not be. */
  setTo(percent: number): Promise<boolean> {
    this.halt();
    return this.#attempt(() => this.#set(percent));
  }

  /** Starts the ramp, unless it has been started before. */
  rampOnce(): void {
    if (!this.#ramped) void this.#attempt(() => this.#ramp());
  }

  /** Ends a ramp between two steps; the flag stays where it is. */
  halt(): void {
    this.#ramping?.abort();
  }

  /** 0 → 1 → 10 → 50 → 100 %, then the kill. */
  async #ramp(): Promise<void> {
    this.halt();
    this.#ramped = true;
    const ramping = new AbortController();
    this.#ramping = ramping;
    try {
      for (const percent of STEPS) {
        await this.#set(percent);
        await delay(this.#parts.holdMs, undefined, { signal: ramping.signal });
      }
      await this.#kill();
    } catch (error) {
      if (!ramping.signal.aborted) throw error;
    }
  }

  async #set(percent: number): Promise<void> {
    await this.#parts.office.setPercent(percent);
    this.#parts.tell(`  ${String(percent).padStart(3)} %`);
  }

  async #kill(): Promise<void> {
    await this.#parts.office.kill(KILL_REASON);
    this.#parts.tell(`  killed: ${KILL_REASON}`);
  }

  async #togglePower(): Promise<void> {
    const { server, tell } = this.#parts;
    if (server.running) {
      await server.pullPlug();
      tell('  the server is gone; page and service go on deciding by the last rules');
    } else {
      await server.start();
      tell('  the server is back');
    }
  }

  /** A person's act takes the dimmer out of the ramp's hands. */
  #byHand(act: () => Promise<void>): void {
    this.halt();
    void this.#attempt(act);
  }

  async #attempt(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      this.#parts.tell(`  not done: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  }
}
