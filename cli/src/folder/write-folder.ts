import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isSameJson } from '@dimmer/core/same-json';
import type { Picture } from '../api/picture.ts';
import { CommandProblem, EXIT } from '../text/exit-codes.ts';
import { flagFile, type ProjectFile, projectFile, segmentFile } from './file-format.ts';
import type { Shape } from './shape.ts';
import { flagToFile, projectToFile, segmentToFile } from './to-file.ts';
import { readYaml, writeYaml } from './yaml-file.ts';

/** As the server takes them. A key becomes the name of a file, so it is not believed. */
const KEY = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** What an export has done to a folder. */
export interface Written {
  /** Names of all files that the project now consists of, in order. */
  readonly files: readonly string[];
  /** Those that had to be written. */
  readonly written: readonly string[];
  /** Files of flags and segments that the server does not have, or not any more. */
  readonly strays: readonly string[];
}

interface Planned {
  readonly name: string;
  readonly content: unknown;
  readonly shape: Shape;
}

/**
 * Writes a project as files. A file that says the same already is left as it is, with the comments and the layout that
 * somebody gave it.
 *
 * @param prune remove the strays
 */
export async function writeFolder(path: string, picture: Picture, prune: boolean): Promise<Written> {
  const planned = plannedFiles(picture);
  if (prune) await refuseOthers(path, picture);
  try {
    for (const folder of ['flags', 'segments']) await mkdir(join(path, folder), { recursive: true });
    const written: string[] = [];
    for (const file of planned) if (await writeOne(path, file)) written.push(file.name);
    const expected = new Set(planned.map(({ name }) => name));
    const strays = (await yamlFiles(path)).filter((name) => !expected.has(name));
    if (prune) for (const name of strays) await rm(join(path, name));
    return { files: planned.map(({ name }) => name), written, strays };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw new CommandProblem(EXIT.refused, `${path} cannot be written: ${code ?? message}.`);
  }
}

/** Removing files is for the project that they are of: `-p` and `DIMMER_PROJECT` are easily another's. */
async function refuseOthers(path: string, { project }: Picture): Promise<void> {
  const text = await readFile(join(path, 'dimmer.yaml'), 'utf8').catch(() => '');
  const other = readYaml<ProjectFile>('dimmer.yaml', text, projectFile, () => {})?.content.project.key;
  if (other === undefined || other === project?.key) return;
  throw new CommandProblem(
    EXIT.usage,
    `${path} holds the files of project "${other}", not of "${project?.key}". Nothing was written.`,
    `Export it with -p ${other}, or into another folder.`,
  );
}

function plannedFiles(picture: Picture): Planned[] {
  const { flags, segments, targetings } = picture;
  const files: Planned[] = [{ name: 'dimmer.yaml', content: projectToFile(picture), shape: projectFile }];
  const flagNames = fileNames('flags', [...flags.keys()]);
  for (const [key, flag] of flags) {
    const content = flagToFile(flag, targetings.get(key) ?? new Map());
    files.push({ name: flagNames.get(key) as string, content, shape: flagFile });
  }
  const segmentNames = fileNames('segments', [...segments.keys()]);
  for (const [key, segment] of segments) {
    files.push({ name: segmentNames.get(key) as string, content: segmentToFile(segment), shape: segmentFile });
  }
  return files;
}

/** Keys that differ in upper and lower case alone would be one file on some disks: they get a mark. */
function fileNames(folder: string, keys: readonly string[]): Map<string, string> {
  const alike = new Map<string, number>();
  for (const key of keys) alike.set(key.toLowerCase(), (alike.get(key.toLowerCase()) ?? 0) + 1);
  return new Map(
    keys.map((key) => {
      if (!KEY.test(key)) throw new CommandProblem(EXIT.refused, `"${key}" is no key that a file can be named after.`);
      const mark = (alike.get(key.toLowerCase()) ?? 0) > 1 ? `~${markOf(key)}` : '';
      return [key, join(folder, `${key}${mark}.yaml`)];
    }),
  );
}

function markOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 8);
}

async function writeOne(path: string, { name, content, shape }: Planned): Promise<boolean> {
  const file = join(path, name);
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before !== undefined) {
    const same = readYaml(name, before, shape, () => {});
    if (same && isSameJson(same.content, content)) return false;
  }
  await writeFile(`${file}.new`, writeYaml(content));
  await rename(`${file}.new`, file);
  return true;
}

async function yamlFiles(path: string): Promise<string[]> {
  const found: string[] = [];
  for (const folder of ['flags', 'segments']) {
    const names = await readdir(join(path, folder));
    found.push(...names.filter((each) => /\.ya?ml$/i.test(each)).map((each) => join(folder, each)));
  }
  return found.sort();
}
