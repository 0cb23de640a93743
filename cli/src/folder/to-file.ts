// Why: decision 0107.
/** From documents as the server has them to what stands in files: without versions, instants, and what is as usual. */
import { hasStages } from '@dimmer/core/flag-types';
import type { Picture, ServerEnvironment, ServerFlag, ServerSegment, ServerTargeting } from '../api/picture.ts';
import type {
  ConditionFile,
  EnvironmentFile,
  FlagFile,
  ProjectFile,
  RuleFile,
  SegmentFile,
  ServeFile,
  TargetingFile,
} from './file-format.ts';
import { FORMAT } from './file-format.ts';

export function projectToFile({ project, environments }: Picture): ProjectFile {
  const { key = '', name = key, description = '' } = project ?? {};
  return {
    format: FORMAT,
    project: { key, ...described(key, name, description) },
    environments: Object.fromEntries([...environments].map(([each, found]) => [each, environmentToFile(found)])),
  };
}

function environmentToFile(environment: ServerEnvironment): EnvironmentFile {
  const { key, name, description, protected: isProtected, approvals } = environment;
  return {
    ...described(key, name, description),
    protected: isProtected,
    // An older server has no approvals.
    ...(approvals !== undefined && { approvals }),
  };
}

export function flagToFile(flag: ServerFlag, targetings: ReadonlyMap<string, ServerTargeting>): FlagFile {
  const { key, name, description, type, purpose, owner, tags, browser, seed, variations } = flag;
  const environments = [...targetings]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([each, found]) => [each, targetingToFile(found, seed)] as const);
  return {
    key,
    ...described(key, name, description),
    type,
    purpose,
    ...(owner !== '' && { owner }),
    ...(tags.length > 0 && { tags }),
    browser,
    seed,
    // Those of a launch or migration are always the same.
    ...(!hasStages(type) && { variations: variations.map(variationToFile) }),
    ...(environments.length > 0 && { environments: Object.fromEntries(environments) }),
  };
}

export function segmentToFile({ key, name, description, included, excluded, rules }: ServerSegment): SegmentFile {
  return {
    key,
    ...described(key, name, description),
    ...(included.length > 0 && { included }),
    ...(excluded.length > 0 && { excluded }),
    ...(rules.length > 0 && { rules: rules.map(segmentRuleToFile) }),
  };
}

/**
 * A flag in one environment. Of a killed one, `on` is left out: what on-call has done is no configuration, and a file
 * that says `on` would light the feature again wherever it is applied to another server.
 */
export function targetingToFile(targeting: ServerTargeting, flagSeed?: string): TargetingFile {
  const { on, off, prerequisites, targets, rules, fallthrough, dials, killed } = targeting;
  return {
    ...(!killed && { on }),
    off,
    ...(prerequisites.length > 0 && {
      prerequisites: prerequisites.map(({ flag, variations }) => ({ flag, variations })),
    }),
    ...(targets.length > 0 && { targets: targets.map(({ variation, keys }) => ({ variation, keys })) }),
    ...(rules.length > 0 && { rules: rules.map((rule) => ruleToFile(rule, flagSeed)) }),
    fallthrough: serveToFile(fallthrough),
    ...(dials && Object.keys(dials).length > 0 && { dials: sorted(dials) }),
  };
}

/**
 * @param flagSeed the seed that rules without one have: written out, because a rule that is added elsewhere would be
 *   given one of its own, and with it other people
 */
export function ruleToFile({ id, description, when, serve }: RuleFile, flagSeed?: string): RuleFile {
  return {
    ...segmentRuleToFile({ ...(id !== undefined && { id }), ...(description && { description }), when }),
    serve: serveToFile(serve, flagSeed),
  };
}

export function segmentRuleToFile({ id, description, when }: Omit<RuleFile, 'serve'>): Omit<RuleFile, 'serve'> {
  return { ...(id !== undefined && { id }), ...(description && { description }), when: when.map(conditionToFile) };
}

function variationToFile({ key, value, name, description }: NonNullable<FlagFile['variations']>[number]) {
  return { key, value, ...(name !== undefined && { name }), ...(description !== undefined && { description }) };
}

function conditionToFile({ attribute, operator, values, not, ignoreCase }: ConditionFile): ConditionFile {
  return {
    ...(attribute !== undefined && { attribute }),
    operator,
    ...(values && values.length > 0 && { values }),
    ...(not && { not }),
    ...(ignoreCase && { ignoreCase }),
  };
}

function serveToFile(serve: ServeFile, defaultSeed?: string): ServeFile {
  if ('variation' in serve) return { variation: serve.variation };
  const { slices, by, seed = defaultSeed } = serve;
  return {
    slices: slices.map(({ variation, parts }) => ({ variation, parts })),
    ...(by !== undefined && { by }),
    ...(seed !== undefined && { seed }),
  };
}

/** A name that is the key, and no description, go without saying. */
function described(key: string, name: string, description: string): { name?: string; description?: string } {
  return { ...(name !== key && { name }), ...(description !== '' && { description }) };
}

/** Dials are set one by one, in any order. */
function sorted(dials: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(dials).sort(([one], [other]) => (one < other ? -1 : 1)));
}
