import type { Patch, Snapshot } from '@dimmer/core';
import { RULESET_ID } from '@dimmer/core/ruleset-id';
import { objectText } from '../hub/merge-patches.ts';

type Payload = Snapshot & Patch;

/**
 * A ruleset as another server sends it, kept as the texts it came as: a relay passes rules on and never understands
 * them, so it serves flags that are newer than itself.
 */
export class RelayedRuleset {
  #head: Omit<Payload, 'flags' | 'segments' | 'from'> | null = null;
  #flags: ReadonlyMap<string, string> = new Map();
  #segments: ReadonlyMap<string, string> = new Map();
  #snapshot: string | null = null;

  /** `''` before the first snapshot. */
  get id(): string {
    return this.#head?.id ?? '';
  }

  /** The whole as JSON text, the same until the id moves. */
  snapshotJson(): string {
    this.#snapshot ??= textOf({ ...this.#head }, this.#flags, this.#segments);
    return this.#snapshot;
  }

  /**
   * Goes over to a snapshot.
   *
   * @returns the text of one patch that leads there from what was held; `null` if nothing was, or it is the same
   * @throws if it is no snapshot
   */
  replace(snapshot: unknown): string | null {
    const { flags, segments, from: _, ...head } = checked(snapshot);
    const before = { id: this.id, flags: this.#flags, segments: this.#segments };
    this.#head = head;
    this.#flags = textsOf(flags);
    this.#segments = textsOf(segments);
    this.#snapshot = null;
    if (before.id === '' || before.id === head.id) return null;
    return textOf(
      { ...head, from: before.id },
      differences(before.flags, this.#flags),
      differences(before.segments, this.#segments),
    );
  }

  /**
   * Takes a patch in that leads on from `id`.
   *
   * @throws if it is no patch
   */
  apply(patch: unknown): void {
    const { flags, segments, from: _, ...head } = checked(patch);
    this.#flags = patched(this.#flags, flags);
    this.#segments = patched(this.#segments, segments);
    this.#head = head;
    this.#snapshot = null;
  }
}

/** Only the shape that is needed to pass it on. */
function checked(payload: unknown): Payload {
  const { id, flags, segments } = (payload ?? {}) as Partial<Payload>;
  const isWhole = [flags, segments].every((part) => typeof part === 'object' && part !== null && !Array.isArray(part));
  if (typeof id !== 'string' || !RULESET_ID.test(id) || !isWhole) throw new TypeError('not a ruleset');
  return payload as Payload;
}

function textsOf(entries: Readonly<Record<string, unknown>>): Map<string, string> {
  return new Map(Object.entries(entries).map(([key, value]) => [key, JSON.stringify(value)]));
}

/** A copy, so that holders of the old one are not surprised; a few thousand references. */
function patched(held: ReadonlyMap<string, string>, entries: Readonly<Record<string, unknown>>): Map<string, string> {
  const now = new Map(held);
  for (const [key, value] of Object.entries(entries)) {
    if (value === null) now.delete(key);
    else now.set(key, JSON.stringify(value));
  }
  return now;
}

function differences(before: ReadonlyMap<string, string>, now: ReadonlyMap<string, string>): Map<string, string> {
  const found = new Map([...now].filter(([key, text]) => before.get(key) !== text));
  for (const key of before.keys()) if (!now.has(key)) found.set(key, 'null');
  return found;
}

function textOf(head: object, flags: ReadonlyMap<string, string>, segments: ReadonlyMap<string, string>): string {
  const start = JSON.stringify(head).slice(0, -1);
  return `${start}${start === '{' ? '' : ','}"flags":${objectText(flags)},"segments":${objectText(segments)}}`;
}
