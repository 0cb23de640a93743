/**
 * The truth in a language-neutral form, for whoever evaluates: core, both SDKs and the server run the same files.
 * `buckets.json` is frozen; see the "about" of each file for what it holds.
 */
import { readdirSync, readFileSync } from 'node:fs';
import type { ErrorCode, EvaluationContext, JsonValue, Reason, Slice, Snapshot } from '@dimmer/core';

export interface DecisionVectors {
  /** The file's name without its ending. */
  readonly name: string;
  readonly about: string;
  readonly ruleset: Snapshot;
  readonly cases: readonly DecisionCase[];
}

interface DecisionCase {
  readonly title?: string;
  readonly flag: string;
  readonly default: JsonValue;
  readonly context: EvaluationContext;
  /** The same context as an application passes it, for `asHost`; `context` then is what JSON carries of it. */
  readonly host?: JsonValue;
  /** The present instant, ms since 1970, where that matters. */
  readonly now?: number;
  readonly expect: {
    readonly value: JsonValue;
    /** Null where the caller's default is served. */
    readonly variation: string | null;
    readonly reason: Reason;
    readonly ruleId?: string;
    readonly errorCode?: ErrorCode;
  };
}

export interface PatternVectors {
  readonly patterns: readonly {
    readonly pattern: string;
    readonly ignoreCase: boolean;
    /** What the pattern may stand as in a condition on the wire. */
    readonly program: JsonValue;
    readonly matches: readonly string[];
    readonly differs: readonly string[];
  }[];
  readonly refused: readonly string[];
}

export interface ReallocationCase {
  readonly from: readonly Slice[];
  readonly weights: { readonly [variation: string]: number };
  readonly to: readonly Slice[];
}

/**
 * What an application passes: `{"$date": …}`, `{"$bigint": …}`, `{"$boxed": …}` and `{"$json": …}` become the objects that
 * they stand for. Runs in a page too, so it uses nothing from outside.
 */
export function asHost(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(asHost);
  const entries = Object.entries(value);
  const [[kind, content] = []] = entries;
  if (kind === '$date') return new Date(content ?? Number.NaN);
  if (kind === '$bigint') return BigInt(content);
  if (kind === '$boxed') return Object(content);
  if (kind === '$json') return { toJSON: () => content };
  return Object.fromEntries(entries.map(([name, member]) => [name, asHost(member)]));
}

const HERE = new URL('.', import.meta.url);

/** The text of a file beside this one. */
export function readVectors(path: string): string {
  return readFileSync(new URL(path, HERE), 'utf8');
}

/** Every file of `decisions/`. */
export function loadDecisions(): DecisionVectors[] {
  return readdirSync(new URL('decisions/', HERE))
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({ name: file.replace('.json', ''), ...JSON.parse(readVectors(`decisions/${file}`)) }));
}

/** `[seed, key, bucket]`. */
export function loadBuckets(): readonly (readonly [string, string, number])[] {
  return JSON.parse(readVectors('buckets.json')).rows;
}

export function loadPatterns(): PatternVectors {
  return JSON.parse(readVectors('patterns.json'));
}

export function loadReallocations(): readonly ReallocationCase[] {
  return JSON.parse(readVectors('reallocate.json')).cases;
}
