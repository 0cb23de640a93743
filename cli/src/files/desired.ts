/** From what a file says to the whole documents that the server shall have, given what it has. */
import { isSameJson } from '@dimmer/core/same-json';
import type { FlagFile, RuleFile, SegmentFile, TargetingFile } from './file-format.ts';
import type { ServerFlag, ServerSegment, ServerTargeting } from './picture.ts';
import { ruleToFile, segmentRuleToFile, targetingToFile } from './to-file.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What `PATCH` of a flag may say. Fields that the file leaves to the server are left out. */
export function desiredFlag(file: FlagFile): Fields {
  const { key, name = key, description = '', purpose, owner = '', tags = [], browser = false, variations } = file;
  return {
    name,
    description,
    owner,
    tags,
    browser,
    ...(purpose !== undefined && { purpose }),
    ...(variations !== undefined && { variations }),
  };
}

/** The same of the flag as it is. */
export function currentFlag(flag: ServerFlag): Fields {
  const { name, description, owner, tags, browser, purpose, variations } = flag;
  return { name, description, owner, tags, browser, purpose, variations };
}

export function desiredSegment(file: SegmentFile, current?: ServerSegment): Fields {
  const { key, name = key, description = '', included = [], excluded = [], rules = [] } = file;
  const named = withIds(rules.map(segmentRuleToFile), (current?.rules ?? []).map(segmentRuleToFile));
  return { name, description, included, excluded, rules: named };
}

export function currentSegment({ name, description, included, excluded, rules }: ServerSegment): Fields {
  return { name, description, included, excluded, rules: rules.map(segmentRuleToFile) };
}

/** What `PUT` of a targeting takes: the whole but for its dials. */
export interface WholeTargeting {
  readonly on: boolean;
  readonly off: string;
  readonly prerequisites: readonly { readonly flag: string; readonly variations: readonly string[] }[];
  readonly targets: readonly unknown[];
  readonly rules: readonly RuleFile[];
  readonly fallthrough: unknown;
}

/** A killed flag stays killed, and what the file does not say about `on` stays as it is. */
export function desiredTargeting(
  file: TargetingFile,
  current: ServerTargeting | undefined,
  flagSeed?: string,
): WholeTargeting {
  const { off, prerequisites = [], targets = [], rules = [], fallthrough } = file;
  const on = current?.killed ? false : (file.on ?? current?.on ?? false);
  const are = (current?.rules ?? []).map((rule) => ruleToFile(rule, flagSeed));
  const named = withIds(
    withSeeds(
      rules.map((rule) => ruleToFile(rule)),
      are,
    ),
    are,
  );
  return { on, off, prerequisites, targets, rules: withSeeds(named, are), fallthrough };
}

export function currentTargeting(targeting: ServerTargeting, flagSeed?: string): WholeTargeting {
  const { off, prerequisites = [], targets = [], rules = [], fallthrough } = targetingToFile(targeting, flagSeed);
  return { on: targeting.on, off, prerequisites, targets, rules, fallthrough };
}

/** Gives allocations without a seed the one that the rule of this id has, or the one in the same place: the server keeps it. */
function withSeeds(rules: readonly RuleFile[], current: readonly RuleFile[]): RuleFile[] {
  return rules.map((rule, index) => {
    const is = rule.id === undefined ? current[index] : current.find(({ id }) => id === rule.id);
    const seed = is && 'slices' in is.serve ? is.serve.seed : undefined;
    if ('variation' in rule.serve || rule.serve.seed !== undefined || seed === undefined) return rule;
    return { ...rule, serve: { ...rule.serve, seed } };
  });
}

/**
 * Gives rules without an id that of the rule that they are on the server: one with the same content, or else the one in
 * the same place. A rule that keeps its id keeps its history.
 */
function withIds<Rule extends { readonly id?: string }>(rules: readonly Rule[], current: readonly Rule[]): Rule[] {
  const taken = new Set(rules.map(({ id }) => id));
  const free = current.filter(({ id }) => !taken.has(id));
  const content = ({ id: _id, ...rest }: Rule) => rest;
  const take = (index: number) => (index < 0 ? undefined : free.splice(index, 1)[0]?.id);
  const found = rules.map(
    (rule) => rule.id ?? take(free.findIndex((each) => isSameJson(content(each), content(rule)))),
  );
  return rules.map((rule, index) => {
    const id = found[index] ?? take(free.indexOf(current[index] as Rule));
    return id === undefined ? rule : { ...rule, id };
  });
}
