import { z } from 'zod';
import { jsonField } from '../fields.ts';
import type { Immutable } from '../immutable.ts';

/** How an allocation came to what it gave. */
const splitTrace = z.object({
  by: z.string().meta({ description: 'The attribute that is hashed.' }),
  key: z.string().meta({ description: 'Its value; empty: the context lacks it.' }),
  seed: z.string(),
  bucket: z.number().int().optional().meta({ description: '0 to 99,999.' }),
  slices: z
    .array(z.object({ variation: z.string(), from: z.number().int(), to: z.number().int() }))
    .meta({ description: 'From the first bucket to the last, `to` not included.' }),
  variation: z.string().optional().meta({ description: 'Absent: beyond the last slice, or without a key.' }),
});

const conditionTrace = z.object({
  attribute: z.string().optional(),
  operator: z.string(),
  not: z.boolean(),
  actual: z.string().optional().meta({ description: 'What the context says, as text.' }),
  matches: z.boolean(),
  isKnown: z.boolean().meta({
    description: 'False: this server does not know the operator, or a value is not one that it takes.',
  }),
  unknown: z
    .enum(['ATTRIBUTE_MISSING', 'ATTRIBUTE_UNREADABLE', 'ATTRIBUTE_TOO_LONG', 'CONDITION_UNKNOWN', 'STEPS_EXCEEDED'])
    .optional()
    .meta({ description: 'Why it cannot be said whether it matches, if so.' }),
});

const ruleTrace = z.object({
  id: z.string(),
  index: z.number().int(),
  conditions: z.array(conditionTrace),
  matches: z.boolean(),
  split: splitTrace.optional(),
});

/** What somebody gets, and why, step by step. */
export const explanationAnswer = z
  .object({
    evaluation: z.object({
      value: jsonField.optional(),
      variation: z.string().optional(),
      reason: z.string(),
      ruleId: z.string().optional(),
      errorCode: z.string().optional(),
      errorMessage: z.string().optional(),
    }),
    decidedBy: z.enum(['nothing', 'off', 'prerequisite', 'target', 'rule', 'fallthrough']),
    prerequisites: z.array(
      z.object({
        flag: z.string(),
        variations: z.array(z.string()).meta({ description: 'Which of its variations would do.' }),
        served: z.string().optional(),
        isOn: z.boolean(),
        isMet: z.boolean(),
      }),
    ),
    target: z.object({ variation: z.string(), key: z.string() }).optional(),
    rules: z.array(ruleTrace).meta({ description: 'Those that were looked at, with each condition.' }),
    fallthrough: splitTrace.optional().meta({ description: 'How it splits, if it decided and does.' }),
    revision: z.number().int().meta({ description: 'The last change that was known then.' }),
    at: z.number().int(),
  })
  .meta({ id: 'Explanation' });

export type Explanation = Immutable<z.output<typeof explanationAnswer>>;
