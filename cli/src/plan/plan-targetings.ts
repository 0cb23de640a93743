import { isSameJson } from '@dimmer/core/same-json';
import { type ServerFlag, type ServerTargeting, targetingPath } from '../api/picture.ts';
import type { FlagFile, RuleFile, TargetingFile } from '../folder/file-format.ts';
import { ruleToFile, targetingToFile } from '../folder/to-file.ts';
import type { YamlFile } from '../folder/yaml-file.ts';
import { differences } from '../text/differences.ts';
import type { Note, Part, Planning, Step } from './plan.ts';
import { withIds } from './rule-ids.ts';

/** A flag that was just made has this version in every environment. */
const FIRST_VERSION = 1;

/** How flags stand in each environment that their files speak of. */
export function planTargetings(planning: Planning): Part {
  const { folder, picture } = planning;
  const steps: Step[] = [];
  const notes: Note[] = [];
  for (const environment of Object.keys(folder.project.content.environments)) {
    for (const file of inOrder(folder.flags, environment)) {
      const { key } = file.content;
      const content = own(file.content.environments, environment);
      if (!content || isAnother(file.content, picture.flags.get(key))) continue;
      const current = picture.targetings.get(key)?.get(environment);
      const seed = picture.flags.get(key)?.seed;
      steps.push(...planTargeting(planning, file, environment, content, current, seed));
      if (current?.absent) notes.push(absentNote(key, environment));
      if (current?.killed) notes.push(killedNote(key, environment, current.killed));
    }
  }
  return { steps, notes };
}

/** Files cannot make another flag of the one that is there; planFlags says so. */
function isAnother({ type, seed }: FlagFile, flag: ServerFlag | undefined): boolean {
  if (!flag) return false;
  return (type !== undefined && type !== flag.type) || (seed !== undefined && seed !== flag.seed);
}

function planTargeting(
  { at }: Planning,
  file: YamlFile<FlagFile>,
  environment: string,
  content: TargetingFile,
  current: ServerTargeting | undefined,
  flagSeed: string | undefined,
): Step[] {
  const { key } = file.content;
  const document = `targeting/${key}/${environment}`;
  const desired = desiredTargeting(content, current, flagSeed);
  const path = `${at}${targetingPath(key, environment)}`;
  const about = {
    ...({ sign: current ? '~' : '+', what: `${key} in ${environment}`, document } as const),
    version: current?.version ?? FIRST_VERSION,
    isNew: current === undefined,
    needs: ['project', `environment/${environment}`, `flag/${key}`, ...needsOf(desired, environment)],
  };
  const steps: Step[] = [];
  // First what holds shadows in check, then what may cast them.
  const dials = changedDials(content.dials ?? {}, current?.dials ?? {});
  if (Object.keys(dials).length > 0) {
    steps.push({
      ...about,
      what: `dials of ${about.what}`,
      method: 'PATCH',
      path: `${path}/dials`,
      body: dials,
      differences: differences({ dials: current?.dials ?? {} }, { dials: content.dials ?? {} }),
      source: { file, under: ['environments', environment, 'dials'] },
    });
  }
  const was = current ? currentTargeting(current, flagSeed) : undefined;
  const found = differences(was ?? { prerequisites: [], targets: [], rules: [] }, desired);
  if (found.length > 0) {
    steps.push({
      ...about,
      method: 'PUT',
      path,
      body: { ...desired },
      differences: found,
      source: { file, under: ['environments', environment] },
    });
  }
  return steps;
}

/** What a targeting stands on: the flags that it needs, how those stand, and its segments. */
function needsOf({ prerequisites, rules }: WholeTargeting, environment: string): string[] {
  const flags = prerequisites.flatMap(({ flag }) => [`flag/${flag}`, `targeting/${flag}/${environment}`]);
  const segments = rules
    .flatMap(({ when }) => when)
    .filter(({ operator }) => operator === 'inSegment')
    .flatMap(({ values = [] }) => values.map((segment) => `segment/${segment}`));
  return [...flags, ...segments];
}

/** `null` gives a dial back to the code. */
function changedDials(
  desired: Readonly<Record<string, unknown>>,
  current: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const names = [...new Set([...Object.keys(current), ...Object.keys(desired)])];
  return Object.fromEntries(
    names.filter((name) => !isSameJson(current[name], desired[name])).map((name) => [name, desired[name] ?? null]),
  );
}

function killedNote(flag: string, environment: string, { by, reason }: NonNullable<ServerTargeting['killed']>): Note {
  const message = `was killed by ${by}: ${reason}. It stays killed until somebody restores it.`;
  return { what: `${flag} in ${environment}`, message };
}

/** Equal files would say that all is as they want it, though nobody is served. */
function absentNote(flag: string, environment: string): Note {
  const message =
    'is not served there yet: callers get the default in their own code, until a change of its rules there is approved.';
  return { what: `${flag} in ${environment}`, message };
}

/**
 * Flags behind those that they need there. So no step makes a circle that the next one would have opened: what a flag
 * comes to stand on is by then as it will be.
 */
function inOrder(flags: ReadonlyMap<string, YamlFile<FlagFile>>, environment: string): YamlFile<FlagFile>[] {
  const ordered = new Set<YamlFile<FlagFile>>();
  const visited = new Set<string>();
  const visit = (key: string) => {
    const file = flags.get(key);
    if (!file || visited.has(key)) return;
    visited.add(key);
    for (const { flag } of own(file.content.environments, environment)?.prerequisites ?? []) visit(flag);
    ordered.add(file);
  };
  for (const key of flags.keys()) visit(key);
  return [...ordered];
}

function own(environments: FlagFile['environments'], environment: string): TargetingFile | undefined {
  return environments && Object.hasOwn(environments, environment) ? environments[environment] : undefined;
}

/** What `PUT` of a targeting takes: the whole but for its dials. */
interface WholeTargeting {
  readonly on: boolean;
  readonly off: string;
  readonly prerequisites: readonly { readonly flag: string; readonly variations: readonly string[] }[];
  readonly targets: readonly unknown[];
  readonly rules: readonly RuleFile[];
  readonly fallthrough: unknown;
}

/** A killed flag stays killed, and what the file does not say about `on` stays as it is. */
function desiredTargeting(
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

function currentTargeting(targeting: ServerTargeting, flagSeed?: string): WholeTargeting {
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
