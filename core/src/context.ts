import type { EvaluationContext } from './model.ts';

/** Longest key that is hashed or looked up in a list, in UTF-8 bytes. */
const MAX_KEY_BYTES = 1024;

/**
 * Longest value that a condition reads: UTF-16 units of a string; for a list the sum over its elements, plus one for
 * each. Measuring every context whole would cost more than deciding, so each value is measured when it is read: see
 * docs/decisions/0002.
 */
const MAX_VALUE_UNITS = 65_536;

/** Thrown while deciding when a value is over its limit; becomes `INVALID_CONTEXT`. */
export const OVERSIZED = new RangeError('a context value is over its limit');

/** Who asks when nobody is named. */
export const NOBODY: EvaluationContext = Object.freeze({});

export function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own property `name`; what is inherited (`constructor`, `__proto__`) does not count. */
export function own(object: { readonly [key: string]: unknown }, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** What a JSON pointer (RFC 6901) finds. Own properties only, and it does not index into arrays. */
export function follow(context: EvaluationContext, path: readonly string[]): unknown {
  let value: unknown = context;
  for (const name of path) {
    if (!isObject(value)) return undefined;
    value = own(value, name);
  }
  return value;
}

/** The names in a JSON pointer, or undefined if `attribute` is a literal name. */
export function pointerPath(attribute: string): string[] | undefined {
  return attribute[0] === '/'
    ? attribute
        .slice(1)
        .split('/')
        .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))
    : undefined;
}

/** A string, finite number or boolean as the string by which it is compared; undefined for anything else. */
export function canonical(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value))
    ? String(value)
    : undefined;
}

function isLongerThanAllowed(key: string): boolean {
  // A UTF-16 unit is one to three bytes of UTF-8, so only what lies between has to be counted.
  if (key.length > MAX_KEY_BYTES) return true;
  let bytes = key.length;
  if (bytes * 3 > MAX_KEY_BYTES) {
    for (let i = 0; i < key.length; i++) {
      const point = key.codePointAt(i)!;
      if (point > 0xffff) i++;
      // A pair is two units and four bytes; a lone surrogate is hashed as U+FFFD, three bytes.
      if (point > 0x7f) bytes += point > 0x7ff ? 2 : 1;
    }
  }
  return bytes > MAX_KEY_BYTES;
}

/**
 * The attribute `by` as a key: a string, or a safe integer as its decimal string. Undefined if it is missing, empty
 * or of another kind.
 *
 * @throws OVERSIZED if it is longer than 1,024 bytes
 */
export function keyOf(context: EvaluationContext, by: string): string | undefined {
  const value = own(context, by);
  if (typeof value === 'string') {
    if (value.length * 3 > MAX_KEY_BYTES && isLongerThanAllowed(value)) throw OVERSIZED;
    return value === '' ? undefined : value;
  }
  return Number.isSafeInteger(value) ? String(value) : undefined;
}

/** Units of a value: see MAX_VALUE_UNITS. */
export function spend(budget: number, value: unknown): number {
  const left = typeof value === 'string' ? budget - value.length : budget;
  if (left < 0) throw OVERSIZED;
  return left;
}

/** What a list that is read may cost: see MAX_VALUE_UNITS. */
export const VALUE_BUDGET = MAX_VALUE_UNITS;
