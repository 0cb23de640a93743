import type { EvaluationContext } from './model.ts';
import { utf8 } from './murmur3.ts';

/** Longest key that is hashed or looked up, in UTF-8 bytes. */
const MAX_KEY_BYTES = 1024;

/**
 * Longest value that a condition reads, in UTF-16 units; of a list the sum over its elements and one more for each.
 * Measuring every context whole would cost more than deciding, so each value is measured when it is read: see
 * docs/decisions/0002.
 */
export const MAX_VALUE_UNITS = 65_536;

/** Thrown while deciding when a value is over its limit; becomes `INVALID_CONTEXT`. */
export const OVERSIZED = new RangeError();

type Properties = { readonly [name: string]: unknown };

/** True for what has properties by name: no array, not null. */
export function isObject(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own property `name`; what is inherited (`constructor`, `__proto__`) does not count. */
export function own(object: Properties, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** What a JSON pointer (RFC 6901) finds. Own properties only, and it does not index into arrays. */
export function follow(context: EvaluationContext, pointer: string): unknown {
  let value: unknown = context;
  for (const name of pointer.slice(1).split('/')) {
    value = isObject(value) ? own(value, name.replaceAll('~1', '/').replaceAll('~0', '~')) : undefined;
  }
  return value;
}

/** A string, finite number or boolean as the string by which it is compared; undefined for anything else. */
export function canonical(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' || Number.isFinite(value) ? `${value}` : undefined;
}

const PLAIN: { readonly targetingKey?: unknown } = Object.prototype;

/** What `own` finds, sooner: a plain object inherits no targeting key, unless somebody has tampered with all objects. */
function ownTargetingKey(context: EvaluationContext): unknown {
  const { targetingKey } = context;
  return targetingKey !== undefined && Object.getPrototypeOf(context) === PLAIN && PLAIN.targetingKey === undefined
    ? targetingKey
    : own(context, 'targetingKey');
}

/**
 * The attribute `by` as a key: a string, or a safe integer as its decimal string. '' if it is missing or of another
 * kind.
 *
 * @throws OVERSIZED if it is longer than 1,024 bytes
 */
export function keyOf(context: EvaluationContext, by: string): string {
  // The usual attribute is read by name: engines remember where they found it.
  const value = by === 'targetingKey' ? ownTargetingKey(context) : own(context, by);
  const key = typeof value === 'string' ? value : Number.isSafeInteger(value) ? String(value) : '';
  // A unit is one to three bytes, so that only what lies between has to be encoded to be measured.
  if (key.length * 3 > MAX_KEY_BYTES && (key.length > MAX_KEY_BYTES || utf8(key).length > MAX_KEY_BYTES)) {
    throw OVERSIZED;
  }
  return key;
}

/**
 * What is left of a budget of units after reading `value`.
 *
 * @throws OVERSIZED if nothing is
 */
export function spend(value: unknown, budget = MAX_VALUE_UNITS): number {
  const left = typeof value === 'string' ? budget - value.length : budget;
  if (left < 0) throw OVERSIZED;
  return left;
}
