/**
 * The ruleset: all that an SDK needs of one environment, at one revision, exactly as it travels on the wire.
 * `docs/protocol.md` describes the same shapes for readers who write an SDK in another language.
 */
import type { LaunchDials } from './launch.ts';

/** A population is split into this many parts, so the finest step of a rollout is 0.001 %. */
export const PARTS = 100_000;

/** Version of the bucketing hash. It stands in every payload, so the hash can never change silently. */
export const HASH_VERSION = 1;

/** Version of the shape of snapshots and patches. A newer minor shape only adds fields. */
export const SCHEMA_VERSION = 1;

export type FlagType = 'boolean' | 'string' | 'number' | 'json' | 'launch' | 'migration';

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Who receives a ruleset. Browsers get only flags marked for browsers and what those depend on. */
export type Audience = 'server' | 'browser';

/** One of the values a flag can have. */
export interface Variation {
  readonly key: string;
  readonly value: JsonValue;
}

export type Operator =
  | 'in'
  | 'startsWith'
  | 'endsWith'
  | 'contains'
  | 'matches'
  | 'lt'
  | 'lte'
  | 'gt'
  | 'gte'
  | 'before'
  | 'after'
  | 'semverEq'
  | 'semverLt'
  | 'semverLte'
  | 'semverGt'
  | 'semverGte'
  | 'exists'
  | 'inSegment'
  | 'modulo'
  | 'cidr';

/**
 * One test on the context. It matches if any of `values` does; `not` turns the answer round, but an attribute that is
 * missing never matches, negated or not (only `exists` speaks about presence).
 *
 * `values` by operator: `in`: strings, numbers, booleans; `startsWith`, `endsWith`, `contains`: strings;
 * `matches`: on the wire compiled pattern programs, in stored documents the patterns' text; `lt`…`gte`: numbers;
 * `before`, `after`: RFC 3339 with zone, or milliseconds since 1970; `semver…`: versions; `inSegment`: segment keys
 * (no `attribute`); `modulo`: pairs `[divisor, remainder]`; `cidr`: IPv4 or IPv6 ranges; `exists`: empty.
 */
export interface Condition {
  /**
   * A literal attribute name, or a JSON pointer if it starts with `/`. `$now` is the present instant by the evaluator's
   * clock. Absent for `inSegment` only.
   */
  readonly attribute?: string;
  readonly operator: Operator;
  readonly values: readonly JsonValue[];
  readonly not?: boolean;
  readonly ignoreCase?: boolean;
}

/** One slice of an allocation: `parts` of 100,000. */
export interface Slice {
  readonly variation: string;
  readonly parts: number;
}

/** How a population is split over variations. */
export interface Allocation {
  /** In order; a context is served the first slice whose cumulative parts exceed its bucket. */
  readonly slices: readonly Slice[];
  /** The attribute that is hashed. Default: `targetingKey`. */
  readonly by?: string;
  /** Default: the flag's own seed. Two flags with one seed have one cohort. */
  readonly seed?: string;
}

/** What a rule or the fallthrough serves: one variation, or an allocation. */
export type Serve = { readonly variation: string } | Allocation;

export interface Rule {
  readonly id: string;
  /** All must hold. An empty list matches everybody. */
  readonly when: readonly Condition[];
  readonly serve: Serve;
}

/** Targeting keys that get one variation, whatever the rules say. */
export interface Target {
  readonly variation: string;
  readonly keys: readonly string[];
}

/** Another flag that must be on and serve one of `variations` to the same context. */
export interface Prerequisite {
  readonly flag: string;
  readonly variations: readonly string[];
}

/** A flag as an SDK needs it: its variations, and its targeting in one environment. */
export interface RulesetFlag {
  readonly type: FlagType;
  readonly variations: readonly Variation[];
  readonly on: boolean;
  /** Key of the variation that is served when the flag is off. */
  readonly off: string;
  readonly seed: string;
  readonly prerequisites?: readonly Prerequisite[];
  readonly targets?: readonly Target[];
  readonly rules?: readonly Rule[];
  readonly fallthrough: Serve;
  /** Of launches and migrations: how their shadows are held in check. */
  readonly dials?: LaunchDials;
}

/** A reusable audience. `excluded` wins over `included`, and both over `rules`; of the rules any may match. */
export interface RulesetSegment {
  readonly included?: readonly string[];
  readonly excluded?: readonly string[];
  readonly rules?: readonly { readonly when: readonly Condition[] }[];
}

/** A whole ruleset. It always replaces everything. */
export interface Snapshot {
  readonly schema: number;
  readonly hash: number;
  /** `<revision>.<first 12 hex digits of the change's hash>` */
  readonly id: string;
  /** When the change that made this id was committed, ms since 1970 by the server's clock. */
  readonly at: number;
  readonly flags: { readonly [key: string]: RulesetFlag };
  readonly segments: { readonly [key: string]: RulesetSegment };
}

/** What changed between two ids; `null` = gone. It applies only to a ruleset whose id is `from`. */
export interface Patch {
  readonly schema: number;
  readonly hash: number;
  readonly from: string;
  readonly id: string;
  /** When the change that made `id` was committed, ms since 1970 by the server's clock. */
  readonly at: number;
  readonly flags: { readonly [key: string]: RulesetFlag | null };
  readonly segments: { readonly [key: string]: RulesetSegment | null };
}

/** Who is asking: OpenFeature's evaluation context. */
export interface EvaluationContext {
  readonly targetingKey?: string | number | undefined;
  readonly [attribute: string]: unknown;
}

/** OpenFeature's reasons that Dimmer uses, and `PREREQUISITE_FAILED`. */
export type Reason =
  | 'STATIC'
  | 'DEFAULT'
  | 'TARGETING_MATCH'
  | 'SPLIT'
  | 'DISABLED'
  | 'PREREQUISITE_FAILED'
  | 'STALE'
  | 'ERROR';

/** OpenFeature's error codes. */
export type ErrorCode =
  | 'PROVIDER_NOT_READY'
  | 'FLAG_NOT_FOUND'
  | 'PARSE_ERROR'
  | 'TYPE_MISMATCH'
  | 'TARGETING_KEY_MISSING'
  | 'INVALID_CONTEXT'
  | 'GENERAL';
