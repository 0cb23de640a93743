import { affectedFlags } from './affected-flags.ts';
import { isObject } from './context.ts';
import type { Environment, Speed } from './definition.ts';
import type { Diagnostic } from './diagnostic.ts';
import { Flag, type FlagEnvironment } from './flag.ts';
import { HASH_VERSION, type Patch, SCHEMA_VERSION, type Snapshot } from './model.ts';
import { Segment } from './segment.ts';

/** The outcome of applying a snapshot or patch. */
export interface Applied {
  /** False if nothing was done: the diagnostics say why, and the ruleset is what it was. */
  readonly applied: boolean;
  /**
   * Flags whose answers can differ from what they were: those that were added, removed or redefined, those that ask about
   * a segment that was, and those that need one of these, at any distance.
   */
  readonly keys: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What a ruleset is given from outside, because core has neither clock nor log. */
export interface RulesetOptions {
  /** The present instant in ms since 1970. Asked only by conditions on `$now`, which never match without it. */
  readonly clock?: (() => number) | undefined;
  /** Told what is wrong with a flag or segment, when that is first used. Must not throw. */
  readonly onDiagnostic?: ((diagnostic: Diagnostic) => void) | undefined;
  /** What only makes deciding faster (`speed.ts`). */
  readonly speed?: Speed | undefined;
}

/** Whether two definitions are the same text. What cannot be written as text (nested too deep) is taken for new. */
function isSame(a: unknown, b: unknown): boolean {
  try {
    return JSON.stringify(a) === JSON.stringify(b);
  } catch {
    return false;
  }
}

/** Brings `held` to what `received` says. Answers which keys changed, and what they held before. */
function update<Shape, Surroundings extends Environment, Held extends { readonly source: Shape }>(
  held: Map<string, Held>,
  received: { readonly [key: string]: Shape | null },
  isWhole: boolean,
  Kind: new (key: string, source: Shape, environment: Surroundings, previous: Held | undefined) => Held,
  environment: Surroundings,
): Map<string, Shape | undefined> {
  const changed = new Map<string, Shape | undefined>();
  const isAlike = environment.speed?.isSame ?? isSame;
  const take = (key: string): void => {
    changed.set(key, held.get(key)?.source);
    held.delete(key);
  };
  if (isWhole) for (const key of held.keys()) if (!Object.hasOwn(received, key)) take(key);
  for (const [key, shape] of Object.entries(received)) {
    const previous = held.get(key);
    if (shape === null) {
      if (previous) take(key);
    } else if (!previous || !isAlike(previous.source, shape)) {
      held.set(key, new Kind(key, shape, environment, previous));
      changed.set(key, previous?.source);
    }
  }
  return changed;
}

/** All that is needed to decide for one environment: its flags and segments at one id. */
export class Ruleset {
  /** `<revision>.<hash>`; '' until the first snapshot. */
  id = '';
  /** When the change that made this id was committed, ms since 1970 by the server's clock. */
  at = 0;
  readonly #flags = new Map<string, Flag>();
  readonly #segments = new Map<string, Segment>();
  /** What flags and segments are compiled in. */
  readonly environment: { -readonly [name in keyof FlagEnvironment]: FlagEnvironment[name] };

  constructor(options: RulesetOptions = {}) {
    this.environment = { ...options, flags: this.#flags, segments: this.#segments, version: 0, told: new Set() };
  }

  get(key: string): Flag | undefined {
    return this.#flags.get(key);
  }

  keys(): IterableIterator<string> {
    return this.#flags.keys();
  }

  /** Replaces everything. Flags that are as they were stay compiled, and keep their counts. */
  replace(snapshot: Snapshot): Applied {
    return this.#apply(snapshot, true);
  }

  /** Applies what changed, whole or not at all. The caller has made sure that `from` is this ruleset's id. */
  patch(patch: Patch): Applied {
    return this.#apply(patch, false);
  }

  /** What is held, as the server would send it. */
  snapshot(): Snapshot {
    const { id, at } = this;
    const sources = <Shape>(held: Map<string, { readonly source: Shape }>): { readonly [key: string]: Shape } => {
      // `fromEntries` defines properties: a flag named `__proto__` stays one.
      return Object.fromEntries([...held].map(([key, { source }]) => [key, source]));
    };
    const flags = sources(this.#flags);
    return { schema: SCHEMA_VERSION, hash: HASH_VERSION, id, at, flags, segments: sources(this.#segments) };
  }

  /**
   * Hands over how often which variation was served since the last time (undefined: the caller's default), and begins
   * again at zero. To be called before `replace` and `patch` too: a flag that goes takes its counts with it.
   */
  drain(visit: (flag: string, variation: string | undefined, count: number) => void): void {
    for (const flag of this.#flags.values()) {
      flag.counts.forEach((count, slot, counts) => {
        counts[slot] = 0;
        if (count) visit(flag.key, flag.variation(slot)?.key, count);
      });
    }
  }

  // Past the refusal nothing throws, so that a payload is applied whole or not at all.
  #apply(payload: Snapshot | Patch, isWhole: boolean): Applied {
    const { schema, hash, id, at, flags, segments } = (payload ?? {}) as Partial<Snapshot | Patch>;
    if (
      schema !== SCHEMA_VERSION ||
      hash !== HASH_VERSION ||
      typeof id !== 'string' ||
      !isObject(flags) ||
      !isObject(segments)
    ) {
      const message = `only schema ${SCHEMA_VERSION} with hash ${HASH_VERSION} is known`;
      return { applied: false, keys: [], diagnostics: [{ code: 'PAYLOAD_UNSUPPORTED', key: '', message }] };
    }
    const environment = this.environment;
    environment.version++;
    const changedSegments = update(this.#segments, segments, isWhole, Segment, { ...environment, segments: undefined });
    const changed = update(this.#flags, flags, isWhole, Flag, environment);
    this.id = id;
    this.at = at as number;
    const keys = affectedFlags(this.#flags, changed, changedSegments, environment.speed?.isSame ?? isSame);
    return { applied: true, keys, diagnostics: [] };
  }
}
