import { type Difference, differences } from '../differences.ts';
import type { Picture } from './picture.ts';
import type { Folder } from './read-folder.ts';
import type { Path } from './shape.ts';
import type { YamlFile } from './yaml-file.ts';

/** One write that brings the server nearer to the files. */
export interface Step {
  /** Made, changed, archived. */
  readonly sign: '+' | '~' | '-';
  /** For people: `flag theme`, `theme in production`. */
  readonly what: string;
  /** The document that it writes, e.g. `targeting/theme/production`. */
  readonly document: string;
  /** Documents that must be as planned before it makes sense. */
  readonly needs: readonly string[];
  /** It may stand on anything that comes before it. */
  readonly needsAll?: boolean;
  readonly method: 'POST' | 'PUT' | 'PATCH';
  /** Below `/api/v1`. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** The version that was looked at: it is refused if somebody has changed it since. `null`: it is new, or has none. */
  readonly version: number | null;
  readonly differences: readonly Difference[];
  /** There was nothing before: the differences say what it will be. */
  readonly isNew?: boolean;
  /** Where in the files it stands, so that what the server refuses can be found there. */
  readonly source?: Source;
}

interface Source {
  readonly file: Pick<YamlFile<unknown>, 'name' | 'lineOf'>;
  /** What the server calls `rules[0]` is below that in the file. */
  readonly under: Path;
}

/** Something that the files ask for and no write can do. */
export interface Impossible {
  readonly what: string;
  readonly message: string;
  readonly fix: string;
  readonly source: Source;
}

/** Something worth knowing that nothing is done about. */
export interface Note {
  readonly what: string;
  readonly message: string;
}

/** What lies between the files and the server. */
export interface Plan {
  readonly project: string;
  readonly url: string;
  /** In the order in which they must be done. */
  readonly steps: readonly Step[];
  readonly impossible: readonly Impossible[];
  readonly notes: readonly Note[];
}

/** What a part of a plan is made from. */
export interface Planning {
  readonly folder: Folder;
  readonly picture: Picture;
  /** `/projects/<key>/`, what all paths begin with. */
  readonly at: string;
}

/** Part of a plan. */
export type Part = Partial<Pick<Plan, 'steps' | 'impossible' | 'notes'>>;

/** Of some fields, those whose values differ. */
export function changedFields(
  desired: Readonly<Record<string, unknown>>,
  found: readonly Difference[],
): Record<string, unknown> {
  const changed = new Set(found.map(({ path }) => /^[^.[ ]+/.exec(path)?.[0]));
  return Object.fromEntries(Object.entries(desired).filter(([name]) => changed.has(name)));
}

/** What is worth saying of something new: not what is empty or as usual. */
export function newFields(fields: Readonly<Record<string, unknown>>, key?: string): Difference[] {
  const isUsual = (name: string, value: unknown) =>
    value === '' ||
    value === false ||
    (Array.isArray(value) && value.length === 0) ||
    (name === 'name' && value === key);
  const telling = Object.entries(fields).filter(([name, value]) => !isUsual(name, value));
  const empty = telling.filter(([, value]) => Array.isArray(value)).map(([name]) => [name, []] as const);
  return differences(Object.fromEntries(empty), Object.fromEntries(telling));
}
