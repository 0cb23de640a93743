/** This SDK's copy of the ruleset: what the server says goes in, whole or not at all; what is held can come out again. */
import {
  type Diagnostic,
  type Patch,
  Ruleset,
  type RulesetFlag,
  type RulesetSegment,
  type Snapshot,
} from '@dimmer/core';

/** Where the rules come from that decide now; from best to worst. */
export type Source = 'stream' | 'poll' | 'cache' | 'bootstrap' | 'default';

/** What became of an event. */
export type Reception =
  /** It was applied, and these flags are not what they were. */
  | { readonly kind: 'applied'; readonly keys: readonly string[] }
  /** It says what is held already, or nothing about the rules. */
  | { readonly kind: 'current' }
  /** What is held does not fit it: only a snapshot helps. */
  | { readonly kind: 'unfit'; readonly problem: string };

const CURRENT: Reception = { kind: 'current' };

type Definitions<T> = { readonly [key: string]: T | null };

export class Replica {
  readonly ruleset: Ruleset;
  readonly #beforeChange: () => void;
  /** The rules as they came, for the cache: the compiled ones cannot be turned back into text. */
  readonly #flags = new Map<string, RulesetFlag>();
  readonly #segments = new Map<string, RulesetSegment>();
  #head: Omit<Snapshot, 'flags' | 'segments'> | undefined;

  /**
   * @param clock the server's present instant, ms since 1970
   * @param beforeChange called before another id takes over: the last moment to collect counts for the present one
   */
  constructor(clock: () => number, onDiagnostic: (diagnostic: Diagnostic) => void, beforeChange: () => void) {
    this.ruleset = new Ruleset({ clock, onDiagnostic });
    this.#beforeChange = beforeChange;
  }

  get id(): string {
    return this.ruleset.id;
  }

  /** Takes a snapshot, or a patch if `isPatch`. */
  take(payload: Snapshot | Patch, isPatch: boolean): Reception {
    if (isPatch) {
      if (payload.id === this.id) return CURRENT;
      if ((payload as Patch).from !== this.id) return unfit('a patch for another id');
    }
    this.#beforeChange();
    const { applied, keys, diagnostics } = isPatch
      ? this.ruleset.patch(payload as Patch)
      : this.ruleset.replace(payload as Snapshot);
    if (!applied) return unfit(diagnostics.map(({ message }) => message).join());
    const { flags, segments, schema, hash, id, at } = payload;
    this.#head = { schema, hash, id, at };
    merge(this.#flags, flags, isPatch);
    merge(this.#segments, segments, isPatch);
    return { kind: 'applied', keys };
  }

  /** Compares the id that the server pings with the one that is held. */
  compare(id: unknown): Reception {
    return id === this.id ? CURRENT : unfit('the server is at another id');
  }

  /** What is held, as the server would send it; undefined while nothing is. */
  snapshot(): Snapshot | undefined {
    // `fromEntries` defines properties: a flag named `__proto__` stays one.
    const flags = Object.fromEntries(this.#flags);
    return this.#head && { ...this.#head, flags, segments: Object.fromEntries(this.#segments) };
  }
}

function unfit(problem: string): Reception {
  return { kind: 'unfit', problem };
}

function merge<T>(held: Map<string, T>, news: Definitions<T>, isPatch: boolean): void {
  if (!isPatch) held.clear();
  for (const [key, definition] of Object.entries(news)) {
    if (definition) held.set(key, definition);
    else held.delete(key);
  }
}
