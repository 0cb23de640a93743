import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = new URL('../..', import.meta.url).pathname;

/** A piece of code between fences, in a document. */
export interface FencedBlock {
  /** From the root of the repository. */
  readonly file: string;
  /** Of the opening fence, from 1. */
  readonly line: number;
  /** What the fence says: `sh`, `ts`, … */
  readonly language: string;
  readonly text: string;
}

/**
 * Every document that people read: of the root, of `docs/` (decisions too), and the README of every package. The reports
 * of the public API (`*.api.md`) are made by a build, which compares them.
 */
export const DOCUMENTS: readonly string[] = execFileSync(
  'git',
  ['ls-files', '--cached', '--others', '--exclude-standard', '--', '*.md'],
  { cwd: root, encoding: 'utf8' },
)
  .split('\n')
  .filter((path) => path !== '' && !path.endsWith('.api.md') && existsSync(join(root, path)));

/** All of them, in the order of the documents. */
export const FENCED_BLOCKS: readonly FencedBlock[] = DOCUMENTS.flatMap(blocksOf);

/** `README.md:34`, as failures name a block. */
export function placeOf({ file, line }: FencedBlock): string {
  return `${file}:${line}`;
}

function blocksOf(file: string): FencedBlock[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map((match) => ({
    file,
    line: text.slice(0, match.index).split('\n').length,
    language: match[1] as string,
    text: match[2] as string,
  }));
}
