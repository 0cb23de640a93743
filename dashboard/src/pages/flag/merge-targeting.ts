import type { Rule } from '../../api/targeting.ts';
import type { TargetingBody } from '../../api/targeting-body.ts';
import { isSame } from '../../history/field-difference.ts';
import { shownText } from '../../sentences/shown-text.ts';

export interface Merged {
  readonly body: TargetingBody;
  /** What both have changed, each in another way: there mine was kept. Empty: nothing overlaps. */
  readonly overlaps: readonly string[];
}

/**
 * Three-way merge: puts my changes on top of what somebody else has changed since I began. Both survive where they do
 * not touch; where they do, mine does, and is named.
 */
export function mergeTargeting(base: TargetingBody, mine: TargetingBody, theirs: TargetingBody): Merged {
  const overlaps: string[] = [];
  const pick = <Value>(what: string, was: Value, one: Value, other: Value): Value => {
    if (isSame(one, was) || isSame(one, other)) return other;
    if (!isSame(other, was)) overlaps.push(what);
    return one;
  };
  const body: TargetingBody = {
    on: pick('Switch', base.on, mine.on, theirs.on),
    off: pick('While it is off', base.off, mine.off, theirs.off),
    fallthrough: pick('Default rule', base.fallthrough, mine.fallthrough, theirs.fallthrough),
    rules: mergeRules(base.rules, mine.rules, theirs.rules, pick),
    targets: mergeTargets(base, mine, theirs, pick),
    prerequisites: mergePrerequisites(base, mine, theirs, pick),
  };
  return { body, overlaps: [...new Set(overlaps)] };
}

type Pick3 = <Value>(what: string, was: Value, one: Value, other: Value) => Value;

function mergeRules(base: readonly Rule[], mine: readonly Rule[], theirs: readonly Rule[], pick: Pick3): Rule[] {
  const find = (rules: readonly Rule[], id: string): Rule | undefined => rules.find((rule) => rule.id === id);
  const merged = new Map<string, Rule>();
  for (const id of new Set([...base, ...mine, ...theirs].map((rule) => rule.id))) {
    const [was, one, other] = [find(base, id), find(mine, id), find(theirs, id)];
    const index = (one ? mine : theirs).findIndex((rule) => rule.id === id);
    const what = ruleName(one ?? other ?? was ?? {}, index);
    if (was && one && other) {
      const description = pick(`Name of ${what}`, was.description, one.description, other.description);
      const { description: _old, ...rest } = { ...other };
      merged.set(id, {
        ...rest,
        ...(description !== undefined && { description }),
        when: pick(what, was.when, one.when, other.when),
        serve: pick(what, was.serve, one.serve, other.serve),
      });
      continue;
    }
    const rule = pick(what, was, one, other);
    if (rule) merged.set(id, rule);
  }
  return inOrder(merged, base, mine, theirs, pick);
}

/** Whose order has changed leads; rules that only the other one has stand behind what they stand behind there. */
function inOrder(
  merged: ReadonlyMap<string, Rule>,
  base: readonly Rule[],
  mine: readonly Rule[],
  theirs: readonly Rule[],
  pick: Pick3,
): Rule[] {
  const ids = (rules: readonly Rule[]): string[] => rules.map(({ id }) => id);
  const common = new Set(ids(base).filter((id) => [mine, theirs].every((rules) => ids(rules).includes(id))));
  const order = (rules: readonly Rule[]): string[] => ids(rules).filter((id) => common.has(id));
  const chosen = pick('Order of the rules', order(base), order(mine), order(theirs));
  const [leading, other] = isSame(chosen, order(theirs)) ? [theirs, mine] : [mine, theirs];
  const result = ids(leading).filter((id) => merged.has(id));
  for (const [index, id] of ids(other).entries()) {
    if (!merged.has(id) || result.includes(id)) continue;
    const before = ids(other)
      .slice(0, index)
      .findLast((each) => result.includes(each));
    result.splice(before === undefined ? 0 : result.indexOf(before) + 1, 0, id);
  }
  return result.map((id) => merged.get(id) as Rule);
}

function mergeTargets(base: TargetingBody, mine: TargetingBody, theirs: TargetingBody, pick: Pick3) {
  const [was, one, other] = [variationOfKeys(base), variationOfKeys(mine), variationOfKeys(theirs)];
  const keysOf = new Map<string, string[]>();
  for (const key of new Set([...other.keys(), ...one.keys()])) {
    const variation = pick(`Individual target ${key}`, was.get(key), one.get(key), other.get(key));
    if (variation !== undefined) keysOf.set(variation, [...(keysOf.get(variation) ?? []), key]);
  }
  return [...keysOf].map(([variation, keys]) => ({ variation, keys }));
}

function mergePrerequisites(base: TargetingBody, mine: TargetingBody, theirs: TargetingBody, pick: Pick3) {
  const of = (body: TargetingBody, flag: string) => body.prerequisites.find((each) => each.flag === flag);
  const flags = new Set([...theirs.prerequisites, ...mine.prerequisites].map(({ flag }) => flag));
  return [...flags].flatMap((flag) => {
    const kept = pick(`Prerequisite ${flag}`, of(base, flag), of(mine, flag), of(theirs, flag));
    return kept ? [kept] : [];
  });
}

function variationOfKeys({ targets }: TargetingBody): Map<string, string> {
  return new Map(targets.flatMap(({ variation, keys }) => keys.map((key) => [key, variation] as const)));
}

/** A rule by its description, else by its place. */
export function ruleName({ description }: Pick<Rule, 'description'>, index: number): string {
  return description ? `Rule “${shownText(description)}”` : `Rule ${index + 1}`;
}
