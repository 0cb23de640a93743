import type { Dirent } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandProblem, EXIT } from '../text/exit-codes.ts';
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
const YAML = /\.ya?ml$/i;
const FOR_PEOPLE = /\.(md|txt)$/i;

/** The folders of documents, and what each holds. */
export type Kind = 'flags' | 'segments';

/** A folder of files, read and found to be of the right shape. */
export interface Folder {
  readonly project: YamlFile<ProjectFile>;
  readonly flags: ReadonlyMap<string, YamlFile<FlagFile>>;
  readonly segments: ReadonlyMap<string, YamlFile<SegmentFile>>;
  /** Folders that are not there. */
  readonly missing: readonly Kind[];
  /** What lies in `flags/` and `segments/` and was not read, because it is no YAML file. */
  readonly passedOver: readonly PassedOver[];
}

/** Something in a folder of documents that is no YAML file. */
interface PassedOver {
  readonly kind: Kind;
  /** Below the folder, a folder with a slash at its end: `flags/theme.json`, `flags/team-looks/`. */
  readonly name: string;
  /** It is no note for people: a flag or segment may stand in it. */
  readonly mayHoldDocuments: boolean;
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
  const inFlags = await readAll<FlagFile>(path, 'flags', flagFile, tell);
  const inSegments = await readAll<SegmentFile>(path, 'segments', segmentFile, tell);
  const flags = byKey(inFlags?.files ?? [], tell);
  const segments = byKey(inSegments?.files ?? [], tell);
  if (project) for (const file of flags.values()) checkEnvironments(file, project.content, tell);
  if (problems.length > 0 || !project) throw refuseFiles(problems);
  const missing = [...(inFlags ? [] : ['flags' as const]), ...(inSegments ? [] : ['segments' as const])];
  const passedOver = [...(inFlags?.passedOver ?? []), ...(inSegments?.passedOver ?? [])];
  return { project, flags, segments, missing, passedOver };
}

/** Says what is wrong, all of it. */
function refuseFiles(problems: readonly FileProblem[]): CommandProblem {
  const shown = problems.slice(0, PROBLEMS_SHOWN).map(({ file, line, message }) => `${file}:${line}: ${message}`);
  if (problems.length > shown.length) shown.push(`and ${problems.length - shown.length} more`);
  return new CommandProblem(EXIT.usage, 'The files make no sense; nothing was sent.', undefined, shown);
}

/** All files of one kind. `null`: their folder is not there; a project may have no segments. */
async function readAll<Content>(
  path: string,
  kind: Kind,
  shape: Shape,
  tell: (problem: FileProblem) => void,
): Promise<{ files: YamlFile<Content>[]; passedOver: PassedOver[] } | null> {
  let entries: Dirent[] = [];
  try {
    entries = await readdir(join(path, kind), { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw unreadable(join(path, kind), error);
  }
  const files: YamlFile<Content>[] = [];
  const passedOver: PassedOver[] = [];
  for (const entry of entries.sort((one, other) => (one.name < other.name ? -1 : 1))) {
    if (YAML.test(entry.name) && !entry.name.startsWith('.') && !entry.isDirectory()) {
      const file = await readOne<Content>(path, join(kind, entry.name), shape, tell);
      if (file) files.push(file);
    } else if (!isHidden(entry)) {
      const name = `${kind}/${entry.name}${entry.isDirectory() ? '/' : ''}`;
      passedOver.push({ kind, name, mayHoldDocuments: entry.isDirectory() || !FOR_PEOPLE.test(entry.name) });
    }
  }
  return { files, passedOver };
}

/** `.gitkeep`, `.DS_Store` and the like. A YAML file whose name begins with a dot was perhaps meant to be read. */
function isHidden({ name }: Dirent): boolean {
  return name.startsWith('.') && !YAML.test(name);
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
