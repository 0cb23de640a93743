import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandProblem, EXIT } from '../exit-codes.ts';
import {
  type FlagFile,
  flagFile,
  type ProjectFile,
  projectFile,
  type SegmentFile,
  segmentFile,
} from './file-format.ts';
import type { Shape } from './shape.ts';
import { type FileProblem, readYaml, type YamlFile } from './yaml-file.ts';

/** The server takes less than that for a flag in one environment, in JSON. */
const MAX_BYTES = 8 * 1024 * 1024;
const PROBLEMS_SHOWN = 50;

/** A folder of files, read and found to be of the right shape. */
export interface Folder {
  readonly project: YamlFile<ProjectFile>;
  readonly flags: ReadonlyMap<string, YamlFile<FlagFile>>;
  readonly segments: ReadonlyMap<string, YamlFile<SegmentFile>>;
}

/**
 * Reads `dimmer.yaml`, `flags/*.yaml` and `segments/*.yaml`.
 *
 * @throws CommandProblem with everything that is wrong, each with file and line
 */
export async function readFolder(path: string): Promise<Folder> {
  const problems: FileProblem[] = [];
  const tell = (problem: FileProblem) => void problems.push(problem);
  const project = await readOne<ProjectFile>(path, 'dimmer.yaml', projectFile, tell);
  const flags = byKey(await readAll<FlagFile>(path, 'flags', flagFile, tell), tell);
  const segments = byKey(await readAll<SegmentFile>(path, 'segments', segmentFile, tell), tell);
  if (project) for (const file of flags.values()) checkEnvironments(file, project.content, tell);
  if (problems.length > 0 || !project) throw refuseFiles(problems);
  return { project, flags, segments };
}

/** Says what is wrong, all of it. */
function refuseFiles(problems: readonly FileProblem[]): CommandProblem {
  const shown = problems.slice(0, PROBLEMS_SHOWN).map(({ file, line, message }) => `${file}:${line}: ${message}`);
  if (problems.length > shown.length) shown.push(`and ${problems.length - shown.length} more`);
  return new CommandProblem(EXIT.usage, 'The files make no sense; nothing was sent.', undefined, shown);
}

async function readAll<Content>(
  path: string,
  folder: string,
  shape: Shape,
  tell: (problem: FileProblem) => void,
): Promise<YamlFile<Content>[]> {
  let names: string[] = [];
  try {
    names = await readdir(join(path, folder));
  } catch (error) {
    // A project may have no segments.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw unreadable(join(path, folder), error);
  }
  const files: YamlFile<Content>[] = [];
  for (const name of names.filter((each) => /\.ya?ml$/.test(each)).sort()) {
    const file = await readOne<Content>(path, join(folder, name), shape, tell);
    if (file) files.push(file);
  }
  return files;
}

async function readOne<Content>(
  path: string,
  name: string,
  shape: Shape,
  tell: (problem: FileProblem) => void,
): Promise<YamlFile<Content> | undefined> {
  const file = join(path, name);
  try {
    if ((await stat(file)).size > MAX_BYTES) throw new Error(`it is larger than ${MAX_BYTES} bytes`);
    return readYaml<Content>(name, await readFile(file, 'utf8'), shape, tell);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): CommandProblem {
  const { code, message } = error as NodeJS.ErrnoException;
  const fix = 'A folder has a dimmer.yaml, and below it flags/ and segments/. Make one: dimmer export <folder>';
  return new CommandProblem(EXIT.usage, `${file} cannot be read: ${code ?? message}.`, fix);
}

function byKey<Content extends { readonly key: string }>(
  files: readonly YamlFile<Content>[],
  tell: (problem: FileProblem) => void,
): Map<string, YamlFile<Content>> {
  const found = new Map<string, YamlFile<Content>>();
  for (const file of files) {
    const { key } = file.content;
    const other = found.get(key);
    if (other) tell({ file: file.name, line: file.lineOf(['key']), message: `"${key}" stands in ${other.name} too.` });
    else found.set(key, file);
  }
  return found;
}

function checkEnvironments(
  { name, content, lineOf }: YamlFile<FlagFile>,
  { environments }: ProjectFile,
  tell: (problem: FileProblem) => void,
): void {
  for (const environment of Object.keys(content.environments ?? {})) {
    if (Object.hasOwn(environments, environment)) continue;
    const line = lineOf(['environments', environment]);
    tell({ file: name, line, message: `environments.${environment} is not an environment of dimmer.yaml.` });
  }
}
