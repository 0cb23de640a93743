import type { Audience } from '@dimmer/core';

// Why: decision 0080, decision 0096.
/** Browser keys are public. They get at most this share of the streams, so that servers always find room. */
const BROWSER_SHARE = 0.8;

/** A storm is let in at the rate all the same at which it would be if it were spread. */
const BURST_S = 1;

/**
 * Share of the rate for clients that were refused and told when to return; the rest is for clients that come for the
 * first time.
 */
const LINE_SHARE = 0.8;

/** Longest `Retry-After`. Beyond it the queue's length is a guess: the wait is a random time within the last half. */
const LONGEST_LINE_MS = 60_000;

/** Clients refused for another reason return at a random instant: nobody knows when there will be room. */
const RETRY_AFTER_S = { least: 2, most: 10 } as const;

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
  /** The network that it comes from; `null`: that is not known, as in tests of a hub without a server. */
  readonly address: string | null;
}

/** Why somebody is not let in: no room; too many at the moment; too many from there. */
export type Turned = 'full' | 'busy' | 'crowded';

/**
 * Admission control: decides who may stream, so that neither an attacker nor a reconnect storm shuts out the others.
 */
export class Admission {
  readonly #options: AdmissionOptions;
  readonly #addresses = new Map<string, number>();
  #streams = 0;
  #browsers = 0;
  #tokens: number;
  #filledAt: number;
  /** When the last of those who were asked to come back in turn is due, ms since 1970. */
  #lineEndsAt = 0;

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
    if (!this.#takeToken()) return 'busy';
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
   * When somebody who was not let in shall come back, s; call it once for each.
   *
   * Where too many come at once each gets the next place in a line that moves a little slower than the rate, so nearly
   * all are let in the second time. Were it a fixed time, they would come together again; a random one for all, and few
   * who were refused would wait as long as many; doubled at each refusal, the last would come a minute late.
   *
   * @param isBusy whether too many come at once; otherwise nobody knows when there will be room
   */
  retryAfterS(isBusy: boolean): number {
    const { now, random, newPerSecond } = this.#options;
    if (!isBusy) return Math.round(RETRY_AFTER_S.least + random() * (RETRY_AFTER_S.most - RETRY_AFTER_S.least));
    const at = now();
    this.#lineEndsAt = Math.max(at, this.#lineEndsAt) + 1_000 / (newPerSecond * LINE_SHARE);
    const waitMs = this.#lineEndsAt - at;
    if (waitMs <= LONGEST_LINE_MS) return Math.ceil(waitMs / 1_000);
    // Also where the clock was set back. The line is no longer than what is promised.
    this.#lineEndsAt = at + LONGEST_LINE_MS;
    return Math.ceil((LONGEST_LINE_MS * (1 + random())) / 2 / 1_000);
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
