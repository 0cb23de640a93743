import type { JsonValue } from '@dimmer/core';
import { compilePattern, PatternError } from '@dimmer/core/pattern';

/**
 * The program of a stored pattern. Patterns are checked when they are written, so one that does not compile was written
 * by another version of the server, or by a hand in the database. It travels as it is: SDKs see that it is no program,
 * the condition never matches, negated or not, and all other flags go on.
 */
export function compileStoredPattern(pattern: JsonValue, ignoreCase: boolean): JsonValue {
  if (typeof pattern !== 'string') return pattern;
  try {
    return compilePattern(pattern, { ignoreCase });
  } catch (error) {
    if (error instanceof PatternError) return pattern;
    throw error;
  }
}
