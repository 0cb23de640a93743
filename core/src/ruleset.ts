import { isObject } from './context.ts';
import { UNKNOWN } from './definition.ts';
import type { Diagnostic } from './diagnostic.ts';
import { Flag, type FlagEnvironment } from './flag.ts';
import { HASH_VERSION, type Patch, SCHEMA_VERSION, type Snapshot } from './model.ts';
import { Segment } from './segment.ts';

/** What became of a snapshot or patch. */
export interface Applied {
  /** False if nothing was done: the diagnostics say why, and the ruleset is what it was. */
  readonly applied: boolean;
  /** Flags that were added, removed or redefined, and those that depend on such a flag or segment. */
  readonly keys: readonly string[];
  readonly diagnostics: readonly Diagnostic[];
}

/** What a ruleset is given from outside, because core has neither clock nor log. */
export interface RulesetOptions {
  /** The present instant in ms since 1970. Asked only by conditions on `$now`, which never match without it. */
  readonly clock?: (() => number) | undefined;
  /** Told what is wrong with a flag or segment, when that is first used. */
  readonly onDiagnostic?: ((diagnostic: Diagnostic) => void) | undefined;
}

/** Deeper values than this are not compared but taken for different. */
const MAX_COMPARED_DEPTH = 64;

function isEqual(a: unknown, b: unknown, depth = 0): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
  if (depth > MAX_COMPARED_DEPTH || Array.isArray(a) !== Array.isArray(b)) return false;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isEqual(a[name as never], b[name as never], depth + 1))
  );
}

/** Why a payload cannot be applied at all, if so. */
function findRefusal(payload: unknown): Diagnostic | undefined {
  if (
    !isObject(payload) ||
    typeof payload.id !== 'string' ||
    typeof payload.at !== 'number' ||
    !isObject(payload.flags) ||
    !isObject(payload.segments)
  ) {
    return { code: 'PAYLOAD_MALFORMED', key: '', message: 'not a ruleset' };
  }
  const { schema, hash } = payload;
  return schema === SCHEMA_VERSION && hash === HASH_VERSION
    ? undefined
    : { code: 'PAYLOAD_UNSUPPORTED', key: '', message: `schema ${schema}, hash ${hash}: update this SDK` };
}

/** Brings `held` to what `received` says, and returns the keys that changed. */
function update<Shape, Held extends { readonly source: Shape }>(
  held: Map<string, Held>,
  received: { readonly [key: string]: Shape | null },
  isWhole: boolean,
  create: (key: string, shape: Shape, previous: Held | undefined) => Held,
): Set<string> {
  const changed = new Set<string>();
  if (isWhole) {
    for (const key of held.keys()) if (!Object.hasOwn(received, key) && held.delete(key)) changed.add(key);
  }
  for (const key of Object.keys(received)) {
    const shape = received[key]!;
    const previous = held.get(key);
    if (shape === null) {
      if (held.delete(key)) changed.add(key);
    } else if (!previous || !isEqual(previous.source, shape)) {
      held.set(key, create(key, shape, previous));
      changed.add(key);
    }
  }
  return changed;
}

function dependsOn(flag: Flag, flags: ReadonlySet<string>, segments: ReadonlySet<string>): boolean {
  const { prerequisites = [], rules = [] } = flag.source;
  return (
    prerequisites.some((needed) => flags.has(needed.flag)) ||
    (segments.size > 0 &&
      rules.some(({ when }) =>
        when.some(
          ({ operator, values }) => operator === 'inSegment' && values.some((key) => segments.has(key as string)),
        ),
      ))
  );
}

/** All that is needed to decide for one environment: its flags and segments at one id. */
export class Ruleset {
  /** `<revision>.<hash>`; '' until the first snapshot. */
  id = '';
  /** When the change that made this id was committed, ms since 1970 by the server's clock. */
  at = 0;
  readonly environment: FlagEnvironment;
  readonly #flags = new Map<string, Flag>();
  readonly #segments = new Map<string, Segment>();

  constructor({ clock, onDiagnostic }: RulesetOptions = {}) {
    this.environment = {
      clock,
      flags: this.#flags,
      inSegment: (key, context) => this.#segments.get(key)?.has(context) ?? UNKNOWN,
      diagnose: (code, key, message) => onDiagnostic?.({ code, key, message }),
    };
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

  /**
   * Hands over how often which variation was served since the last time (undefined: the caller's default), and begins
   * again at zero. To be called before `replace` and `patch` too: a flag that goes takes its counts with it.
   */
  drain(visit: (flag: string, variation: string | undefined, count: number) => void): void {
    for (const flag of this.#flags.values()) {
      const { counts } = flag;
      for (let slot = 0; slot < counts.length; slot++) {
        const count = counts[slot]!;
        counts[slot] = 0;
        if (count) visit(flag.key, flag.variation(slot)?.key, count);
      }
    }
  }

  // Past the refusal nothing throws, so that a payload is applied whole or not at all.
  #apply(payload: Snapshot | Patch, isWhole: boolean): Applied {
    const refusal = findRefusal(payload);
    if (refusal) return { applied: false, keys: [], diagnostics: [refusal] };
    const { environment } = this;
    // There are no segments in segments: to a segment, every other one is unknown.
    const alone = { ...environment, inSegment: () => UNKNOWN };
    const segments = update(this.#segments, payload.segments, isWhole, (key, shape, previous) => {
      return new Segment(key, shape, alone, previous);
    });
    const keys = update(this.#flags, payload.flags, isWhole, (key, shape, previous) => {
      return new Flag(key, shape, environment, previous);
    });
    this.id = payload.id;
    this.at = payload.at;
    // Until no more are found: prerequisites have prerequisites.
    for (let found = keys.size + segments.size; found > 0; ) {
      const before = keys.size;
      for (const flag of this.#flags.values()) {
        try {
          if (!keys.has(flag.key) && dependsOn(flag, keys, segments)) keys.add(flag.key);
        } catch {
          // Malformed: it depends on nothing, and will be told of when it is used.
        }
      }
      found = keys.size - before;
    }
    return { applied: true, keys: [...keys], diagnostics: [] };
  }
}
