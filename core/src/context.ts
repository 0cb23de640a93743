import type { EvaluationContext } from './model.ts';
import { utf8 } from './murmur3.ts';

// Why: decision 0118.
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

/**
 * What JSON would carry of a value, so that an application's own objects decide as what `explain` is shown of them: of
 * a `Date`, a moment or a decimal what its `toJSON` answers, of a boxed text, number or boolean what is in it.
 */
export function asJson(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const { toJSON } = value as { readonly toJSON?: unknown };
  const carried = typeof toJSON === 'function' ? toJSON.call(value, '') : value;
  const isBoxed = carried instanceof String || carried instanceof Number || carried instanceof Boolean;
  return isBoxed ? carried.valueOf() : carried;
}

/** The names of a JSON pointer (RFC 6901); undefined for what does not begin with a slash, and so is no pointer. */
export function namesOf(attribute: string): readonly string[] | undefined {
  if (attribute[0] !== '/') return undefined;
  return attribute
    .slice(1)
    .split('/')
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What lies under these names, each in what the one before it holds. Own properties only; arrays have no names. */
function follow(context: EvaluationContext, names: readonly string[]): unknown {
  let value: unknown = context;
  for (let i = 0; i < names.length; i++) {
    if (i > 0) value = asJson(value);
    if (!isObject(value)) return undefined;
    value = own(value, names[i]!);
  }
  return value;
}

/** An attribute by its literal name, or else by its `names` if it is a pointer. As the application passed it. */
export function read(context: EvaluationContext, attribute: string, names: readonly string[] | undefined): unknown {
  const value = own(context, attribute);
  return value === undefined && names ? follow(context, names) : value;
}

/**
 * A string, finite number, whole number of any size or boolean as the string by which it is compared; undefined for
 * anything else.
 */
export function canonical(value: unknown): string | undefined {
  return typeof value === 'string' ? value : isScalar(value) ? `${value}` : undefined;
}

/** Whether there is a string by which a value is compared. */
export function isScalar(value: unknown): boolean {
  const type = typeof value;
  return type === 'string' || type === 'boolean' || type === 'bigint' || Number.isFinite(value);
}

/** True for a whole number beyond 2^53: it may stand for several, of which it is but the nearest that there is. */
export function isInexact(value: unknown): boolean {
  return Number.isInteger(value) && !Number.isSafeInteger(value);
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
 * The attribute `by` as a key: a string, or a whole number as its decimal string. '' if it is missing or of another
 * kind, and for a number beyond 2^53, which is a bucket for several people.
 *
 * @param names of `by`, if it is a pointer
 * @throws OVERSIZED if it is longer than 1,024 bytes
 */
export function keyOf(context: EvaluationContext, by: string, names?: readonly string[]): string {
  // The usual attribute is read by name: engines remember where they found it.
  let value = by === 'targetingKey' ? ownTargetingKey(context) : read(context, by, names);
  if (typeof value === 'object') value = asJson(value);
  const key =
    typeof value === 'string' ? value : Number.isSafeInteger(value) || typeof value === 'bigint' ? `${value}` : '';
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
