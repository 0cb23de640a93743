/** What stands in the files of a folder; docs/cli.md describes the same for people. Names are those of the API. */

import { FLAG_TYPES } from '@dimmer/core/flag-types';
import { isObject } from '@dimmer/core/same-json';
import { bool, fields, json, listOf, mapOf, oneOf, type Shape, text, whole } from './shape.ts';

/** Version of the format. A newer one is refused rather than half understood. */
export const FORMAT = 1;

/** `dimmer.yaml`. */
export interface ProjectFile {
  readonly format: typeof FORMAT;
  readonly project: { readonly key: string; readonly name?: string; readonly description?: string };
  readonly environments: { readonly [key: string]: EnvironmentFile | null };
}

export interface EnvironmentFile {
  readonly name?: string;
  readonly description?: string;
  readonly protected?: boolean;
  readonly approvals?: number;
}

export interface VariationFile {
  readonly key: string;
  readonly value: unknown;
  readonly name?: string;
  readonly description?: string;
}

/** `flags/<key>.yaml`. */
export interface FlagFile {
  readonly key: string;
  readonly name?: string;
  readonly description?: string;
  readonly type?: string;
  readonly purpose?: string;
  readonly owner?: string;
  readonly tags?: readonly string[];
  readonly browser?: boolean;
  readonly seed?: string;
  readonly variations?: readonly VariationFile[];
  readonly environments?: { readonly [key: string]: TargetingFile };
}

export interface ConditionFile {
  readonly attribute?: string;
  readonly operator: string;
  readonly values?: readonly unknown[];
  readonly not?: boolean;
  readonly ignoreCase?: boolean;
}

export type ServeFile =
  | { readonly variation: string }
  | {
      readonly slices: readonly { readonly variation: string; readonly parts: number }[];
      readonly by?: string;
      readonly seed?: string;
    };

export interface RuleFile {
  readonly id?: string;
  readonly description?: string;
  readonly when: readonly ConditionFile[];
  readonly serve: ServeFile;
}

/** A flag in one environment. */
export interface TargetingFile {
  /** Absent: people turn the flag on and off, not the file. */
  readonly on?: boolean;
  readonly off: string;
  readonly prerequisites?: readonly { readonly flag: string; readonly variations: readonly string[] }[];
  readonly targets?: readonly { readonly variation: string; readonly keys: readonly string[] }[];
  readonly rules?: readonly RuleFile[];
  readonly fallthrough: ServeFile;
  readonly dials?: Readonly<Record<string, unknown>>;
}

/** `segments/<key>.yaml`. */
export interface SegmentFile {
  readonly key: string;
  readonly name?: string;
  readonly description?: string;
  readonly included?: readonly string[];
  readonly excluded?: readonly string[];
  readonly rules?: readonly Omit<RuleFile, 'serve'>[];
}

const described = { name: text, description: text };

const condition = fields({ operator: text }, { attribute: text, values: listOf(json), not: bool, ignoreCase: bool });

const single = fields({ variation: text });
const allocation = fields({ slices: listOf(fields({ variation: text, parts: whole })) }, { by: text, seed: text });

const serve: Shape = (value, path, tell) => {
  if (!isObject(value)) tell(path, 'must have either a variation, or slices');
  else (Object.hasOwn(value, 'slices') ? allocation : single)(value, path, tell);
};

const targeting = fields(
  { off: text, fallthrough: serve },
  {
    on: bool,
    prerequisites: listOf(fields({ flag: text, variations: listOf(text) })),
    targets: listOf(fields({ variation: text, keys: listOf(text) })),
    rules: listOf(fields({ when: listOf(condition), serve }, { id: text, description: text })),
    // The server knows which dials there are, and what each may be.
    dials: mapOf(json),
  },
);

export const projectFile: Shape = fields({
  format: oneOf(FORMAT),
  project: fields({ key: text }, described),
  environments: mapOf((value, path, tell) => {
    if (value !== null) fields({}, { ...described, protected: bool, approvals: oneOf(0, 1) })(value, path, tell);
  }),
});

export const flagFile: Shape = fields(
  { key: text },
  {
    ...described,
    type: oneOf(...FLAG_TYPES),
    purpose: text,
    owner: text,
    tags: listOf(text),
    browser: bool,
    seed: text,
    variations: listOf(fields({ key: text, value: json }, described)),
    environments: mapOf(targeting),
  },
);

export const segmentFile: Shape = fields(
  { key: text },
  {
    ...described,
    included: listOf(text),
    excluded: listOf(text),
    rules: listOf(fields({ when: listOf(condition) }, { id: text, description: text })),
  },
);
