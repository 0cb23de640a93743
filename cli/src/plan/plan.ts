import type { Picture } from '../api/picture.ts';
import type { Folder } from '../folder/read-folder.ts';
import { type Path, pathOf } from '../folder/shape.ts';
import type { YamlFile } from '../folder/yaml-file.ts';
import type { Difference } from '../text/differences.ts';

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

/** `flags/theme.yaml:12: `, so that what the server refuses is found where it was written. */
export function whereRefused({ source }: Pick<Step | Impossible, 'source'>, path: string | undefined): string {
  if (!source) return '';
  const { file, under } = source;
  return `${file.name}:${file.lineOf([...under, ...pathOf(path ?? '')])}: `;
}
