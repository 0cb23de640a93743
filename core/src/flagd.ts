/**
 * Writes a ruleset in flagd's format, so that every language with an in-process flagd provider decides as Dimmer does.
 * An entry of its own: no SDK carries it. Why what is written how: docs/decisions/0006.
 */
import { isObject } from './context.ts';
import { type Translation, translateConditions, translateKey } from './flagd/condition.ts';
import { all, isKey, isOneOf, type Logic, not } from './flagd/logic.ts';
import { type JsonValue, PARTS, type Prerequisite, type RulesetFlag, type Serve, type Snapshot } from './model.ts';
import { Ruleset } from './ruleset.ts';

/** A flag as flagd defines it (https://flagd.dev/reference/flag-definitions). */
export interface FlagdFlag {
  readonly state: 'ENABLED';
  readonly variants: { readonly [variation: string]: JsonValue };
  readonly defaultVariant: string;
  /** Comes to the key of a variant. */
  readonly targeting?: Logic;
}

export interface FlagdExport {
  /** `{ flags }` as JSON is a whole definition file for flagd. */
  readonly flags: { readonly [key: string]: FlagdFlag };
  /** The flags that are left out, because flagd would answer differently: one entry for each reason. */
  readonly unsupported: readonly { readonly flag: string; readonly why: string }[];
}

/** How long a chain of prerequisites may be: the evaluator follows no longer one. */
const MAX_DEPTH = 10;

/** How many prerequisites are written out for one flag: a lattice has as many copies of a flag as paths to it. */
const MAX_PREREQUISITES = 100;

/**
 * How many values are written out for one flag, those of its prerequisites and segments each time that they are needed:
 * a few bytes of rules can ask for a segment of a megabyte a thousand times.
 */
const MAX_VALUES = 100_000;

/**
 * All flags of a ruleset that flagd can express. Never throws. Their answers are the same for every context of single values in which
 * `targetingKey` is a text, numbers are numbers, and versions are complete (`2.1.0`, `v2.1.0`) or without a patch or
 * minor (`2.1`, `2`). Elsewhere the two differ:
 * - a list matches here if any element does, there never; an object counts as missing here, there as present. Comparing
 *   either with a number fails there, and the caller gets the default;
 * - here `"18"` is compared as the number it is; there as a number it never matches;
 * - versions: here `2.0-rc` is one and `02.1` none; there the reverse.
 *
 * The value is the same, the reason is not always: flagd knows fewer. A flag that is off serves its off variation, as
 * always: flagd's own state DISABLED would serve whatever default the caller has.
 *
 * @param snapshot as the server makes it; a flag that is malformed is left out
 */
export function exportFlagd(snapshot: Snapshot): FlagdExport {
  const exporter = new Exporter(snapshot);
  const flags: [string, FlagdFlag][] = [];
  const unsupported: { flag: string; why: string }[] = [];
  for (const key of Object.keys(snapshot.flags)) {
    const reasons = new Set<string>();
    const flag = exporter.translate(key, (why) => reasons.add(why));
    if (flag && reasons.size === 0) flags.push([key, flag]);
    for (const why of reasons) unsupported.push({ flag: key, why });
  }
  // `fromEntries` defines properties: a flag named `__proto__` stays one.
  return { flags: Object.fromEntries(flags), unsupported };
}

class Exporter {
  readonly #snapshot: Snapshot;
  /** Says which flags are well formed. */
  readonly #ruleset = new Ruleset();
  #prerequisiteCount = 0;
  #valueCount = 0;
  readonly #spend = (values: number): void => {
    this.#valueCount += values;
    if (this.#valueCount > MAX_VALUES) throw new RangeError('too large to write out');
  };

  constructor(snapshot: Snapshot) {
    this.#snapshot = snapshot;
    this.#ruleset.replace(snapshot);
  }

  /** Undefined, or of no use, if `complain` is called. */
  translate(key: string, complain: Translation['complain']): FlagdFlag | undefined {
    try {
      return this.#translate(key, complain);
    } catch (fault) {
      complain(fault instanceof RangeError ? fault.message : `malformed: ${fault}`);
      return undefined;
    }
  }

  #translate(key: string, complain: Translation['complain']): FlagdFlag | undefined {
    const flag = this.#find(key, complain);
    if (!flag) return undefined;
    const { type, variations, on, off } = flag;
    if (type === 'json' && !variations.every(({ value }) => isObject(value))) {
      complain('json: to flagd an object is no list, text, number, boolean or null');
    }
    this.#prerequisiteCount = 0;
    this.#valueCount = 0;
    const targeting = on ? this.#decision(flag, complain, 0) : off;
    const variants = Object.fromEntries(variations.map((variation) => [variation.key, variation.value]));
    if (typeof targeting === 'string') return { state: 'ENABLED', variants, defaultVariant: targeting };
    return { state: 'ENABLED', variants, defaultVariant: off, targeting };
  }

  #find(key: string, complain: Translation['complain']): RulesetFlag | undefined {
    const flag = this.#ruleset.get(key);
    if (flag && !flag.definition) complain(`flag '${key}' is malformed: save it again`);
    return flag?.definition;
  }

  /** The key of the variation that a flag serves while it is on. */
  #decision(flag: RulesetFlag, complain: Translation['complain'], depth: number): Logic {
    const { off, seed, prerequisites = [], targets = [], rules = [], fallthrough } = flag;
    const translation = { segments: this.#snapshot.segments, complain, spend: this.#spend };
    /** Pairs of a condition and what is served if it holds; the first that does decides. */
    const branches: Logic[] = [];
    const serve = (isServed: Logic, served: Logic): void => {
      if (isServed !== false) branches.push(isServed, served);
    };
    serve(not(all(...prerequisites.map((each) => this.#isMet(each, complain, depth)))), off);
    for (const { variation, keys } of targets) {
      this.#spend(keys.length);
      serve(isOneOf('targetingKey', { var: 'targetingKey' }, keys), variation);
    }
    for (const rule of rules) {
      const { isServed, served } = translateServe(rule.serve, seed, complain);
      serve(all(translateConditions(rule.when, translation), isServed), served);
    }
    const last = translateServe(fallthrough, seed, complain);
    if (last.isServed === true) return branches.length > 0 ? { if: [...branches, last.served] } : last.served;
    return { if: [...branches, last.isServed, last.served, off] };
  }

  /** Flags of flagd do not know of each other, so a prerequisite's decision is written out where it is needed. */
  #isMet({ flag: key, variations }: Prerequisite, complain: Translation['complain'], depth: number): Logic {
    if (depth === MAX_DEPTH || this.#prerequisiteCount === MAX_PREREQUISITES) {
      complain('prerequisites: a cycle, or too many to write out');
      return false;
    }
    this.#prerequisiteCount++;
    const needed = this.#find(key, complain);
    if (!needed?.on) return false;
    const decision = this.#decision(needed, complain, depth + 1);
    return typeof decision === 'string' ? variations.includes(decision) : { in: [decision, [...variations]] };
  }
}

interface TranslatedServe {
  /** Who is served at all. */
  readonly isServed: Logic;
  /** The key of the variation. */
  readonly served: Logic;
}

function translateServe(serve: Serve, flagSeed: string, complain: Translation['complain']): TranslatedServe {
  if ('variation' in serve) return { isServed: true, served: serve.variation };
  const { slices, by = 'targetingKey', seed = flagSeed } = serve;
  const key = translateKey(by, complain);
  // flagd's buckets are ours as long as there are as many of them.
  const split = (...entries: readonly Logic[]): Logic => ({ fractional: [{ cat: [`${seed}:`, key] }, ...entries] });
  const total = slices.reduce((sum, { parts }) => sum + parts, 0);
  if (total === 0) return { isServed: false, served: false };
  const entries = slices.filter(({ parts }) => parts > 0).map(({ variation, parts }) => [variation, parts]);
  if (total === PARTS) return { isServed: isKey(by, key), served: split(...entries) };
  const isInside = { '===': [split(['inside', total], ['beyond', PARTS - total]), 'inside'] };
  // The last entry makes up the number of buckets. Nobody comes there: who is beyond has gone on to the next rule.
  return { isServed: all(isKey(by, key), isInside), served: split(...entries, ['beyond', PARTS - total]) };
}
