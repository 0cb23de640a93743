import type { JsonValue } from '@dimmer/core';
import { z } from 'zod';
import { LIMITS } from './limits.ts';

/**
 * A field that may be left out. For what has been parsed from JSON, where nothing is `undefined`, this is exactly
 * `z.exactOptional`, which the OpenAPI generator does not know and would call required.
 */
export function given<Field extends z.ZodType>(field: Field): z.ZodExactOptional<Field> {
  return z.optional(field) as unknown as z.ZodExactOptional<Field>;
}

const KEY_PATTERN = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;

/** The key of a project, environment, flag, variation or segment. Names like `__proto__` are as good as any. */
export const keyField = z
  .string()
  .regex(
    KEY_PATTERN,
    'Keys have 1 to 128 letters, digits, dots, dashes or underscores and do not begin with a dot or dash.',
  )
  .meta({ example: 'new-checkout' });

/**
 * Anything that JSON can say. Bodies have been parsed as JSON before they come here, so what is left to check is that
 * it is there, and that its numbers are: `1e400` is read as infinite, and would be written as `null`.
 */
export const jsonField = z
  .custom<JsonValue>((value) => value !== undefined, 'A value is required.')
  .refine(hasFiniteNumbers, 'It has a number that is too large; the largest are about 1.8e308.')
  .meta({ type: ['string', 'number', 'boolean', 'object', 'array', 'null'] });

/** An address of e-mail as somebody sends it. Which texts are one, and their one spelling, the server knows. */
export const sentEmailField = z
  .string()
  .max(4 * LIMITS.addressCharacters)
  .meta({ example: 'ann@example.com' });

/** The same as it is stored: an identity provider, or an earlier version, may have had another rule. */
export const storedEmailField = z.string().max(LIMITS.addressCharacters).meta({ example: 'ann@example.com' });

export const nameField = z.string().max(LIMITS.nameCharacters);
export const descriptionField = z.string().max(LIMITS.descriptionCharacters);
export const tagsField = z.array(z.string().min(1).max(LIMITS.tagCharacters)).max(LIMITS.tags);

/** Milliseconds since 1970 by the server's clock. */
export const instantField = z.number().int().nonnegative().meta({ description: 'Milliseconds since 1970.' });

/** Nested no deeper than `limitDepth` lets in. */
function hasFiniteNumbers(value: JsonValue): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  return Object.values(value).every((member) => hasFiniteNumbers(member as JsonValue));
}
