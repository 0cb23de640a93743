import type { FlagBody, SegmentBody, StoredCondition, StoredServe, TargetingBody } from '@dimmer/contract';
import type { Condition, RulesetFlag, RulesetSegment, Serve } from '@dimmer/core';
import { canonicalJson } from '../documents/canonical-json.ts';
import { jsonBytes } from '../json-bytes.ts';
import { PatternRoom } from './stored-pattern.ts';

/** A flag or segment as it travels, and what it needs to be there with it. */
export interface Encoded {
  /** Canonical JSON: two nodes with one history make the same bytes. */
  readonly json: string;
  readonly flags: readonly string[];
  readonly segments: readonly string[];
  /** Both together: equal lists mean equal needs. */
  readonly needs: readonly string[];
  /** How many instructions its patterns have. */
  readonly instructions: number;
}

/** By targeting and segment body: bodies are never edited, so a new one is a new key, and old ones are collected. */
const flagCache = new WeakMap<TargetingBody, { readonly flag: FlagBody; readonly encoded: Encoded }>();
const segmentCache = new WeakMap<SegmentBody, Encoded>();

/**
 * A flag as SDKs need it in one environment: no names, descriptions, tags or owners, patterns compiled. Encoded once
 * for all audiences.
 */
export function encodeFlag(flag: FlagBody, targeting: TargetingBody): Encoded {
  const cached = flagCache.get(targeting);
  if (cached?.flag === flag) return cached.encoded;
  const room = new PatternRoom();
  const wire = flagOnWire(flag, targeting, room);
  const segments = targeting.rules.flatMap((rule) => segmentsIn(rule.when));
  const flags = targeting.prerequisites.map((prerequisite) => prerequisite.flag);
  const needs = [...flags, '/', ...segments];
  const encoded = { json: canonicalJson(wire), flags, segments, needs, instructions: room.taken };
  flagCache.set(targeting, { flag, encoded });
  return encoded;
}

/** By targeting, as the cache above; numbers only, so that environments which nobody asks for keep no texts. */
const weightCache = new WeakMap<TargetingBody, { readonly flag: FlagBody; readonly bytes: number }>();
const segmentWeightCache = new WeakMap<SegmentBody, number>();

/** Bytes of a flag as SDKs need it in one environment. Encoded to be weighed once for each text that it ever has. */
export function weighFlag(flag: FlagBody, targeting: TargetingBody): number {
  const known = weightCache.get(targeting);
  if (known?.flag === flag) return known.bytes;
  const encoded = flagCache.get(targeting);
  const bytes =
    encoded?.flag === flag
      ? Buffer.byteLength(encoded.encoded.json)
      : jsonBytes(flagOnWire(flag, targeting, new PatternRoom()));
  weightCache.set(targeting, { flag, bytes });
  return bytes;
}

/** Bytes of a segment as SDKs need it. */
export function segmentBytes(segment: SegmentBody): number {
  const known = segmentWeightCache.get(segment);
  if (known !== undefined) return known;
  const encoded = segmentCache.get(segment);
  const bytes = encoded ? Buffer.byteLength(encoded.json) : jsonBytes(segmentOnWire(segment, new PatternRoom()));
  segmentWeightCache.set(segment, bytes);
  return bytes;
}

/** A segment as SDKs need it. */
export function encodeSegment(segment: SegmentBody): Encoded {
  const cached = segmentCache.get(segment);
  if (cached) return cached;
  const room = new PatternRoom();
  const json = canonicalJson(segmentOnWire(segment, room));
  const encoded = { json, flags: [], segments: [], needs: [], instructions: room.taken };
  segmentCache.set(segment, encoded);
  return encoded;
}

function flagOnWire(flag: FlagBody, targeting: TargetingBody, room: PatternRoom): RulesetFlag {
  const { type, seed } = flag;
  const { on, off, prerequisites, targets, rules, dials } = targeting;
  return {
    type,
    seed,
    on,
    off,
    fallthrough: serveOnWire(targeting.fallthrough),
    variations: flag.variations.map(({ key, value }) => ({ key, value })),
    ...(prerequisites.length > 0 && {
      prerequisites: prerequisites.map(({ flag: needed, variations }) => ({ flag: needed, variations })),
    }),
    ...(targets.length > 0 && { targets: targets.map(({ variation, keys }) => ({ variation, keys })) }),
    ...(rules.length > 0 && {
      rules: rules.map(({ id, when, serve }) => ({
        id,
        when: when.map((each) => conditionOnWire(each, room)),
        serve: serveOnWire(serve),
      })),
    }),
    ...(dials && Object.keys(dials).length > 0 && { dials }),
  };
}

function segmentOnWire({ included, excluded, rules }: SegmentBody, room: PatternRoom): RulesetSegment {
  return {
    ...(included.length > 0 && { included }),
    ...(excluded.length > 0 && { excluded }),
    ...(rules.length > 0 && {
      rules: rules.map(({ when }) => ({ when: when.map((each) => conditionOnWire(each, room)) })),
    }),
  };
}

function serveOnWire(serve: StoredServe): Serve {
  if ('variation' in serve) return { variation: serve.variation };
  const { slices, by, seed } = serve;
  return {
    slices: slices.map(({ variation, parts }) => ({ variation, parts })),
    ...(by !== undefined && { by }),
    ...(seed !== undefined && { seed }),
  };
}

function conditionOnWire(condition: StoredCondition, room: PatternRoom): Condition {
  const { attribute, operator, values, not, ignoreCase } = condition;
  return {
    ...(attribute !== undefined && { attribute }),
    operator,
    values: operator === 'matches' ? values.map((value) => room.compile(value, ignoreCase === true)) : values,
    ...(not === true && { not }),
    ...(ignoreCase === true && { ignoreCase }),
  };
}

function segmentsIn(when: readonly StoredCondition[]): string[] {
  return when
    .filter((condition) => condition.operator === 'inSegment')
    .flatMap((condition) => condition.values.filter((value) => typeof value === 'string'));
}
