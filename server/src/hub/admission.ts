import type { Audience } from '@dimmer/core';

/** Browser keys are public. They get at most this share of the streams, so that servers always find room. */
const BROWSER_SHARE = 0.8;

/** A storm is let in at the rate all the same at which it would be if it were spread. */
const BURST_S = 1;

/** Who is turned away comes back after at least this, and at a random instant within the time that all of them need. */
const RETRY_AFTER_S = { least: 1, spread: 8 } as const;

export interface AdmissionOptions {
  /** Streams held at once. */
  readonly maxStreams: number;
  /** New streams a second; more come back a little later, while requests and changes have their turn. */
  readonly newPerSecond: number;
  /** Streams of browsers from one address at once; 0: as many as they like. */
  readonly browsersPerAddress: number;
  /** Ms since 1970. */
  readonly now: () => number;
  /** [0, 1) */
  readonly random: () => number;
}

/** Who wants to stream. */
export interface Newcomer {
  readonly audience: Audience;
  /** Where it comes from; `null`: that is not known, as behind a proxy that is not trusted to say. */
  readonly address: string | null;
}

/** Why somebody is not let in: no room; too many at the moment; too many from there. */
export type Turned = 'full' | 'busy' | 'crowded';

/** Decides who may stream, so that nobody, by ill will or in a storm of reconnects, shuts out the others. */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #addresses = new Map<string, number>();
  #streams = 0;
  #browsers = 0;
  #tokens: number;
  #filledAt: number;
  /** Those who were turned away and are expected back. */
  #away = 0;

  constructor(options: AdmissionOptions) {
    this.#options = options;
    this.#tokens = options.newPerSecond * BURST_S;
    this.#filledAt = options.now();
  }

  /** Lets somebody in, and counts him until `left`; or answers why not. */
  enter({ audience, address }: Newcomer): 'open' | Turned {
    const { maxStreams, browsersPerAddress } = this.#options;
    const isBrowser = audience === 'browser';
    if (this.#streams >= maxStreams || (isBrowser && this.#browsers >= Math.max(1, maxStreams * BROWSER_SHARE)))
      return 'full';
    const fromThere = isBrowser && address !== null ? (this.#addresses.get(address) ?? 0) : 0;
    if (browsersPerAddress > 0 && fromThere >= browsersPerAddress) return 'crowded';
    if (!this.#takeToken()) {
      this.#away += 1;
      return 'busy';
    }
    this.#away = Math.max(0, this.#away - 1);
    this.#streams += 1;
    if (isBrowser) this.#browsers += 1;
    if (isBrowser && address !== null) this.#addresses.set(address, fromThere + 1);
    return 'open';
  }

  left({ audience, address }: Newcomer): void {
    this.#streams -= 1;
    if (audience !== 'browser') return;
    this.#browsers -= 1;
    if (address === null) return;
    const fromThere = (this.#addresses.get(address) ?? 1) - 1;
    if (fromThere > 0) this.#addresses.set(address, fromThere);
    else this.#addresses.delete(address);
  }

  /**
   * When somebody who was turned away shall come back, s. Spread over as long as it takes to let all of them in: were it
   * a fixed time, they would come together again, and were it doubled at each refusal, the last would come a minute late.
   */
  retryAfterS(): number {
    const { newPerSecond, random } = this.#options;
    const spread = Math.max(RETRY_AFTER_S.spread, (1.25 * this.#away) / newPerSecond);
    return Math.ceil(RETRY_AFTER_S.least + random() * spread);
  }

  #takeToken(): boolean {
    const { now, newPerSecond } = this.#options;
    const at = now();
    // A clock that was set back gives nothing and takes nothing.
    const elapsedMs = Math.max(0, at - this.#filledAt);
    this.#filledAt = at;
    this.#tokens = Math.min(newPerSecond * BURST_S, this.#tokens + (elapsedMs / 1_000) * newPerSecond);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
