import type { EvaluationContext } from '@dimmer/core';
import { z } from 'zod';
import { given } from '../fields.ts';

/** Kept as it was sent: an attribute may be named `__proto__`, which zod's own records leave out. */
const contextField = z
  .custom<EvaluationContext>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'Send an object, e.g. {"targetingKey": "user-17", "plan": "pro"}.',
  )
  .meta({ type: 'object', additionalProperties: true, example: { targetingKey: 'user-17', plan: 'pro' } });

export const explainInput = z.strictObject({
  context: contextField,
  at: given(z.union([z.string(), z.number()])).meta({
    description: 'As of when, rules and clock alike: RFC 3339 with zone, or milliseconds since 1970. Default: now.',
  }),
});
