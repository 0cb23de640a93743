/**
 * What a change of a flag's targeting does to people, proved by comparing the whole of it before and after. An entry of
 * its own: it is used where people are told what will come of a change, and no SDK carries it.
 *
 * Nothing is known of the people. So each condition list, each prerequisite and each list of targeted keys may hold or
 * not, independently of all others, and a bucket may be any: every combination that decides differently is walked. What
 * is said of all of them is true of every population, and what is left out may at most be a case that cannot happen.
 * Why: decision 0141.
 */
import { PARTS, type Prerequisite, type Rule, type Serve, type Target } from './model.ts';

/** The rules of a flag in one environment, as they are stored. */
export interface StoredTargeting {
  readonly on: boolean;
  readonly off: string;
  readonly prerequisites: readonly Prerequisite[];
  readonly targets: readonly Target[];
  readonly rules: readonly Pick<Rule, 'id' | 'when' | 'serve'>[];
  readonly fallthrough: Serve;
}

/** What is the first to catch somebody. A rule that serves a part only may pass the rest on. */
export type Place =
  | { readonly kind: 'off' }
  | { readonly kind: 'prerequisite' }
  | { readonly kind: 'target' }
  | { readonly kind: 'rule'; readonly index: number }
  | { readonly kind: 'default' };

/** How many of a group get what, instead of what. */
export interface Move {
  readonly from: string;
  readonly to: string;
  /** Of those in the group, 0 to 1; 0 for those who lack the attribute that is hashed. */
  readonly share: number;
}

/** People who are caught by the same place before, and by the same place after. */
export interface EffectGroup {
  readonly before: Place;
  readonly after: Place;
  /** Everything that can happen to them, also that they keep what they have. */
  readonly moves: readonly Move[];
  /** False if the shares depend on which further rules match: then only that a move can happen is known. */
  readonly isExact: boolean;
  /** Who gets what is drawn by another hash than before: nobody keeps a place. */
  readonly isDrawnAnew: boolean;
}

export interface Effect {
  /** In the order in which the flag is decided now. */
  readonly groups: readonly EffectGroup[];
  /** False if there was too much to compare: then nothing may be promised. */
  readonly isComplete: boolean;
}

/** More is compared by nobody at a glance, and would stop the page. */
const MOST_STEPS = 3_000;

/** What is assumed of somebody: which conditions hold, and in which buckets they lie. */
interface Assumed {
  readonly holds: ReadonlyMap<string, boolean>;
  /** By hash: from the first bucket to the last, `to` not included. */
  readonly buckets: ReadonlyMap<string, { readonly from: number; readonly to: number }>;
  /** By attribute: whether there is one to hash. */
  readonly hasKey: ReadonlyMap<string, boolean>;
}

interface Decided {
  readonly variation: string;
  readonly place: Place;
  /** The hash that the answer rests on. */
  readonly hash: string | undefined;
}

/** What has to be assumed before it can be decided: each of the ways in which it can be. */
type Step = Decided | { readonly ways: readonly Assumed[] };

/**
 * Compares all that can be served before and after a change, at one state of all other flags and of the segments.
 *
 * @param seed the flag's own
 */
export function compareTargetings(seed: string, before: StoredTargeting, after: StoredTargeting): Effect {
  const classes = targetClasses(before, after);
  const found = new Map<string, { before: Place; after: Place; ways: Map<string, Map<string, Move>>; anew: boolean }>();
  let steps = 0;
  const nobodyKnown: Assumed = { holds: new Map(), buckets: new Map(), hasKey: new Map() };
  const [lists, listsAfter] = [nameConditions(before), nameConditions(after)];
  for (const named of classes) {
    // A context that is named by its key has one.
    const first = named.isNamed ? { ...nobodyKnown, hasKey: new Map([['targetingKey', true]]) } : nobodyKnown;
    const open: Assumed[] = [first];
    for (let assumed = open.pop(); assumed; assumed = open.pop()) {
      if (++steps > MOST_STEPS) return { groups: [], isComplete: false };
      const was = decide(before, lists, named.before, seed, assumed);
      const is = 'ways' in was ? was : decide(after, listsAfter, named.after, seed, assumed);
      if ('ways' in was || 'ways' in is) {
        open.push(...('ways' in is ? is.ways : []).toReversed());
        continue;
      }
      const name = JSON.stringify([was.place, is.place]);
      const group = found.get(name) ?? { before: was.place, after: is.place, ways: new Map(), anew: false };
      group.anew ||= was.hash !== undefined && is.hash !== undefined && was.hash !== is.hash;
      addMove(group.ways, JSON.stringify([named, ...assumed.holds]), was.variation, is.variation, assumed);
      found.set(name, group);
    }
  }
  const groups = [...found.values()].map(({ before: was, after: is, ways, anew }) => ({
    before: was,
    after: is,
    isDrawnAnew: anew,
    ...merged([...ways.values()]),
  }));
  return { groups: groups.toSorted((one, other) => order(one.before) - order(other.before)), isComplete: true };
}

/** Keys that targets name, by what they get before and after; and everybody else. */
function targetClasses(before: StoredTargeting, after: StoredTargeting) {
  const was = variationByKey(before.on ? before.targets : []);
  const is = variationByKey(after.on ? after.targets : []);
  const classes = new Map<string, { before?: string | undefined; after?: string | undefined; isNamed: boolean }>();
  for (const key of new Set([...was.keys(), ...is.keys()])) {
    const named = { before: was.get(key), after: is.get(key), isNamed: true };
    classes.set(JSON.stringify([named.before ?? null, named.after ?? null]), named);
  }
  return [...classes.values(), { isNamed: false } as { before?: string; after?: string; isNamed: boolean }];
}

function variationByKey(targets: readonly Target[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const { variation, keys } of targets) for (const key of keys) if (!found.has(key)) found.set(key, variation);
  return found;
}

/** What prerequisites and condition lists are called: alike, if they hold for the same people. */
interface Names {
  readonly prerequisites: readonly string[];
  readonly rules: readonly string[];
}

function nameConditions({ prerequisites, rules }: StoredTargeting): Names {
  return {
    prerequisites: prerequisites.map(({ flag, variations }) => `flag ${JSON.stringify([flag, variations.toSorted()])}`),
    rules: rules.map(({ when }) => JSON.stringify(when.map((condition) => JSON.stringify(condition)).toSorted())),
  };
}

/** The decision of `flag.ts`, as far as what is assumed carries it. */
function decide(
  { on, off, rules, fallthrough }: StoredTargeting,
  names: Names,
  named: string | undefined,
  seed: string,
  assumed: Assumed,
): Step {
  if (!on) return { variation: off, place: { kind: 'off' }, hash: undefined };
  for (const name of names.prerequisites) {
    const isMet = assumed.holds.get(name);
    if (isMet === undefined) return eitherWay(assumed, name);
    if (!isMet) return { variation: off, place: { kind: 'prerequisite' }, hash: undefined };
  }
  if (named !== undefined) return { variation: named, place: { kind: 'target' }, hash: undefined };
  let place: Place | undefined;
  for (const [index, { when, serve }] of rules.entries()) {
    const name = names.rules[index] ?? '';
    const matches = when.length === 0 || assumed.holds.get(name);
    if (matches === undefined) return eitherWay(assumed, name);
    if (!matches) continue;
    place ??= { kind: 'rule', index };
    const step = serveTo(serve, place, seed, assumed, undefined);
    if (step) return step;
  }
  return serveTo(fallthrough, place ?? { kind: 'default' }, seed, assumed, off) as Step;
}

function eitherWay(assumed: Assumed, name: string): Step {
  return { ways: [true, false].map((holds) => ({ ...assumed, holds: new Map(assumed.holds).set(name, holds) })) };
}

/** Undefined: it is for the next rule to say. `keyless`: what those get who lack the attribute, if there is no next. */
function serveTo(serve: Serve, place: Place, seed: string, assumed: Assumed, keyless?: string): Step | undefined {
  if ('variation' in serve) return { variation: serve.variation, place, hash: undefined };
  const { by = 'targetingKey' } = serve;
  const hash = JSON.stringify([by, serve.seed ?? seed]);
  const bucket = assumed.buckets.get(hash);
  if (assumed.hasKey.get(by) === false) {
    return keyless === undefined ? undefined : { variation: keyless, place, hash: undefined };
  }
  const whole = bucket ?? { from: 0, to: PARTS };
  const cuts = [whole.from, ...boundsOf(serve).filter((at) => at > whole.from && at < whole.to), whole.to];
  if (bucket === undefined || cuts.length > 2) {
    const hasKey = new Map(assumed.hasKey).set(by, true);
    const ways = cuts.slice(1).map((to, index) => {
      const slice = { from: cuts[index] ?? 0, to };
      return { ...assumed, hasKey, buckets: new Map(assumed.buckets).set(hash, slice) };
    });
    const without = { ...assumed, hasKey: new Map(assumed.hasKey).set(by, false) };
    return { ways: assumed.hasKey.has(by) ? ways : [...ways, without] };
  }
  let end = 0;
  const slice = serve.slices.find(({ parts }) => (end += parts) > bucket.from);
  return slice && { variation: slice.variation, place, hash };
}

function boundsOf({ slices }: Extract<Serve, { slices: unknown }>): number[] {
  let end = 0;
  return slices.map(({ parts }) => (end += parts));
}

function addMove(
  ways: Map<string, Map<string, Move>>,
  way: string,
  from: string,
  to: string,
  { buckets, hasKey }: Assumed,
): void {
  const isKeyless = [...hasKey.values()].includes(false);
  let share = isKeyless ? 0 : 1;
  for (const bucket of buckets.values()) share *= (bucket.to - bucket.from) / PARTS;
  const moves = ways.get(way) ?? new Map<string, Move>();
  const name = JSON.stringify([from, to]);
  moves.set(name, { from, to, share: share + (moves.get(name)?.share ?? 0) });
  ways.set(way, moves);
}

/** One list of moves, if it is the same whichever further rules match. */
function merged(ways: readonly ReadonlyMap<string, Move>[]): Pick<EffectGroup, 'moves' | 'isExact'> {
  const isNear = (one: number, other: number): boolean => Math.abs(one - other) < 1e-9;
  const [first = new Map<string, Move>()] = ways;
  const isAlike = ways.every(
    (moves) =>
      moves.size === first.size &&
      // Less than all: the rest was asked about further rules, and counts with what those were assumed to say.
      isNear(
        [...moves.values()].reduce((sum, { share }) => sum + share, 0),
        1,
      ) &&
      [...first].every(([name, { share }]) => isNear(moves.get(name)?.share ?? -1, share)),
  );
  if (isAlike) return { moves: [...first.values()], isExact: true };
  const all = new Map(ways.flatMap((moves) => [...moves]));
  return { moves: [...all.values()], isExact: false };
}

function order(place: Place): number {
  const kinds = ['off', 'prerequisite', 'target', 'rule', 'default'];
  return kinds.indexOf(place.kind) * 1e6 + (place.kind === 'rule' ? place.index : 0);
}
