import { mergePatches } from './merge-patches.ts';

// Why: decision 0023.
/** Age limit of patches: a stream that was away for longer takes a snapshot. */
const KEEP_MS = 10 * 60_000;
const KEEP_PATCHES = 1_000;
/** Of text, for one environment and audience: a few flags of 256 KiB changed over and over must not fill the memory. */
const KEEP_CHARACTERS = 16 * 1024 * 1024;

/** Putting together more than this takes longer than a new client does. */
const MERGE_CHARACTERS = 1024 * 1024;

interface Entry {
  readonly from: string;
  readonly json: string;
  readonly at: number;
}

/**
 * Ring buffer: the last patches of one ruleset, so that a stream that was interrupted resumes with one patch instead of
 * a whole snapshot. Ids contain the hash of the history, so an id that is found here proves the same history.
 */
export class PatchRing {
  readonly #now: () => number;
  #entries: Entry[] = [];
  #characters = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Adds the newest patch. `json` must lead from `from` to the present. */
  push(from: string, json: string): void {
    this.#entries.push({ from, json, at: this.#now() });
    this.#characters += json.length;
    this.#forget();
  }

  /** Whether somebody who holds `id` can be brought to the present from there. */
  knows(id: string): boolean {
    this.#forget();
    return this.#entries.findLastIndex((entry) => entry.from === id) >= 0;
  }

  /** JSON text of one patch from `id` to the present, or `null` if `id` is unknown, too old, or too much has happened. */
  since(id: string): string | null {
    this.#forget();
    // From the newest backwards: nearly everybody who asks is only a step behind.
    const start = this.#entries.findLastIndex((entry) => entry.from === id);
    if (start < 0) return null;
    const missed = this.#entries.slice(start).map((entry) => entry.json);
    if (missed.length === 1) return missed[0] as string;
    return missed.reduce((sum, json) => sum + json.length, 0) > MERGE_CHARACTERS ? null : mergePatches(missed);
  }

  #forget(): void {
    const oldest = this.#now() - KEEP_MS;
    let gone = 0;
    for (const entry of this.#entries) {
      const left = this.#entries.length - gone;
      if (left <= KEEP_PATCHES && this.#characters <= KEEP_CHARACTERS && entry.at >= oldest) break;
      this.#characters -= entry.json.length;
      gone += 1;
    }
    if (gone > 0) this.#entries = this.#entries.slice(gone);
  }
}
