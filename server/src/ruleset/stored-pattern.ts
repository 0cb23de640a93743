import type { JsonValue } from '@dimmer/core';

/** A stored pattern as it travels. */
export function compileStoredPattern(pattern: JsonValue, _ignoreCase: boolean): JsonValue {
  return pattern;
}
