import type { JsonValue } from '../model.ts';

/** An expression of JSON logic with flagd's own operators (https://flagd.dev/reference/custom-operations). */
export type Logic = JsonValue;

/** True if all are; what is plain already is left out. */
export function all(...parts: readonly Logic[]): Logic {
  const open = parts.filter((part) => part !== true);
  if (open.includes(false)) return false;
  return open.length > 1 ? { and: open } : (open[0] ?? true);
}

/** True if any is. */
export function any(...parts: readonly Logic[]): Logic {
  const open = parts.filter((part) => part !== false);
  if (open.includes(true)) return true;
  return open.length > 1 ? { or: open } : (open[0] ?? false);
}

export function not(part: Logic): Logic {
  return typeof part === 'boolean' ? !part : { '!': [part] };
}

// JSON logic asks the type of nothing, and its comparisons throw at what they cannot compare, which costs the caller
// the whole flag. So types are asked by the way, each where the next operator relies on it.

/** True for what is neither missing nor null. Strictly: with `!=`, 0 and false would be null. */
export function isPresent(value: Logic): Logic {
  return { '!==': [value, null] };
}

/** Every text begins with nothing, and nothing else begins with anything. */
export function isText(value: Logic): Logic {
  return { starts_with: [value, ''] };
}

/** Of single values, those that are neither missing, nor a text, nor a boolean. */
export function isNumber(value: Logic): Logic {
  return all(isPresent(value), not(isText(value)), not({ in: [value, [true, false]] }));
}

/** False for a number beyond 2^53: it may stand for several, so it is not known to be none of a list. */
export function isExact(value: Logic): Logic {
  return any(
    not(isNumber(value)),
    all({ '<=': [value, Number.MAX_SAFE_INTEGER] }, { '>=': [value, Number.MIN_SAFE_INTEGER] }),
  );
}

/** True for a whole number that is exact. */
export function isSafeInteger(value: Logic): Logic {
  return all(
    isNumber(value),
    { '===': [{ '%': [value, 1] }, 0] },
    { '<=': [value, Number.MAX_SAFE_INTEGER] },
    { '>=': [value, Number.MIN_SAFE_INTEGER] },
  );
}

/** True for what can be bucketed: a text that is not empty; a whole number too, unless it is OpenFeature's own key. */
export function isKey(attribute: string, value: Logic): Logic {
  const isFilledText = all(isText(value), { '!==': [value, ''] });
  return attribute === 'targetingKey' ? isFilledText : any(isFilledText, isSafeInteger(value));
}

/**
 * True for a value that is written as one of `texts`. What reads "3" or "true" may be a number or a boolean as well;
 * OpenFeature's own key is always a text.
 */
export function isOneOf(attribute: string, value: Logic, texts: readonly string[]): Logic {
  if (texts.length === 0) return false;
  const forms = texts.flatMap((text): JsonValue[] => {
    const number = Number(text);
    if (attribute === 'targetingKey') return [text];
    if (text === 'true' || text === 'false') return [text, text === 'true'];
    return Number.isFinite(number) && String(number) === text ? [text, number] : [text];
  });
  return { in: [value, forms] };
}
