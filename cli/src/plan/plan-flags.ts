import type { ServerFlag } from '../api/picture.ts';
import type { FlagFile, VariationFile } from '../folder/file-format.ts';
import type { YamlFile } from '../folder/yaml-file.ts';
import { changedFields, differences, newFields } from '../text/differences.ts';
import type { Impossible, Part, Planning, Step } from './plan.ts';

/** What must be done to flags before their targetings, and what only after them. */
export function planFlags(planning: Planning): { readonly first: Part; readonly last: Part } {
  const first: Step[] = [];
  const last: Step[] = [];
  const impossible: Impossible[] = [];
  for (const file of planning.folder.flags.values()) {
    const current = planning.picture.flags.get(file.content.key);
    if (!current) {
      first.push(creation(planning, file));
      continue;
    }
    const cannot = fixedProblems(file, current);
    impossible.push(...cannot);
    if (cannot.length > 0) continue;
    const steps = updates(planning, file, current);
    first.push(...steps.first);
    last.push(...steps.last);
  }
  return { first: { steps: first, impossible }, last: { steps: last } };
}

function aboutOf(file: YamlFile<FlagFile>) {
  const { key } = file.content;
  return { what: `flag ${key}`, document: `flag/${key}`, needs: ['project'], source: { file, under: [] } };
}

function creation({ at }: Planning, file: YamlFile<FlagFile>): Step {
  const { key, type = 'boolean', seed } = file.content;
  const fields = { type, ...desiredFlag(file.content), ...(seed !== undefined && { seed }) };
  const step = { ...aboutOf(file), sign: '+', method: 'POST', path: `${at}flags`, version: null } as const;
  // A new flag is made with a targeting in every environment, so those must be there.
  const needs = ['project', ...Object.keys(file.content.environments ?? {}).map((each) => `environment/${each}`)];
  return { ...step, needs, body: { key, ...fields }, differences: newFields(fields, key), isNew: true };
}

function updates({ at }: Planning, file: YamlFile<FlagFile>, current: ServerFlag) {
  const path = `${at}flags/${encodeURIComponent(current.key)}`;
  const about = { ...aboutOf(file), version: current.version };
  const desired = desiredFlag(file.content);
  const was = currentFlag(current);
  const compared = Object.fromEntries(Object.keys(desired).map((name) => [name, was[name]]));
  const found = differences(compared, desired);
  const first: Step[] = [];
  const last: Step[] = [];
  if (current.archived) {
    const step = { ...about, sign: '+', method: 'POST', path: `${path}/unarchive`, body: {} } as const;
    first.push({ ...step, needsAll: true, differences: [{ path: 'archived', before: true, after: false }] });
  }
  if (found.length === 0) return { first, last };
  const body = changedFields(desired, found);
  const variations = body.variations as readonly VariationFile[] | undefined;
  const leaving = variations ? goneFrom(variations, current.variations) : [];
  const step = { ...about, sign: '~', method: 'PATCH', path } as const;
  // What a targeting may still serve goes only when none serves it any more.
  if (variations && leaving.length > 0 && current.type !== 'boolean') {
    const both = [...variations, ...leaving];
    const come = differences(compared, { ...desired, variations: both });
    if (come.length > 0) first.push({ ...step, body: { ...body, variations: both }, differences: come });
    const gone = leaving.map(({ key }) => ({ path: `variations[${key}]`, before: key, after: undefined }));
    last.push({ ...step, needsAll: true, body: { variations }, differences: gone });
  } else {
    first.push({ ...step, body, differences: found });
  }
  return { first, last };
}

function goneFrom(variations: readonly VariationFile[], before: readonly VariationFile[]): VariationFile[] {
  const kept = new Set(variations.map(({ key }) => key));
  return before.filter(({ key }) => !kept.has(key));
}

/** What is decided when a flag is made. Another seed would give everybody else what some have now. */
function fixedProblems(file: YamlFile<FlagFile>, current: ServerFlag): Impossible[] {
  return (['type', 'seed'] as const).flatMap((name) => {
    const wanted = file.content[name];
    if (wanted === undefined || wanted === current[name]) return [];
    return {
      what: `flag ${current.key}`,
      message: `${name}: ${current[name]} cannot become ${wanted}: a flag keeps the ${name} that it was made with.`,
      fix: `Write ${name}: ${current[name]}, or make a flag with another key.`,
      source: { file, under: [name] },
    };
  });
}

type Fields = Readonly<Record<string, unknown>>;

/** What `PATCH` of a flag may say. Fields that the file leaves to the server are left out. */
function desiredFlag(file: FlagFile): Fields {
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
function currentFlag(flag: ServerFlag): Fields {
  const { name, description, owner, tags, browser, purpose, variations } = flag;
  return { name, description, owner, tags, browser, purpose, variations };
}
