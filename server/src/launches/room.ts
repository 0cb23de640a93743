// Why: decision 0124.
/** What of observations was left out for want of room. Kept and shown with them, so that nobody takes a part for the whole. */
export interface LeftOut {
  /** Summaries, whole: nothing of them was counted. */
  readonly summaries?: number;
  /** Calls of paths that were not counted. */
  readonly calls?: number;
  /** Times that are missing from histograms; their calls were counted. */
  readonly times?: number;
  /** People who met with errors. */
  readonly units?: number;
  readonly samples?: number;
}

/** The longest that the JSON of one number may be, with its comma. */
export const NUMBER_BYTES = 17;

/** The bytes that a row may have, and what it has already: a little more than its JSON, never less. */
export class Room {
  readonly #most: number;
  #used: number;
  #left: { -readonly [Part in keyof LeftOut]?: number } = {};

  /** @param baseBytes what is always there */
  constructor(most: number, baseBytes = 0) {
    this.#most = most;
    this.#used = baseBytes;
  }

  get usedBytes(): number {
    return this.#used;
  }

  get left(): LeftOut {
    return this.#left;
  }

  /** Takes room for something new. False: there is none. */
  take(bytes: number): boolean {
    if (this.#used + bytes > this.#most) return false;
    this.#used += bytes;
    return true;
  }

  leaveOut(part: keyof LeftOut, count: number): void {
    if (count > 0) this.#left[part] = Math.min(Number.MAX_SAFE_INTEGER, (this.#left[part] ?? 0) + count);
  }

  /** Adds what was left out where observations were merged before. */
  leaveOutToo(left: LeftOut | undefined): void {
    for (const [part, count] of Object.entries(left ?? {})) this.leaveOut(part as keyof LeftOut, count);
  }
}
