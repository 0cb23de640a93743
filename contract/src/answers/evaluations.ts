import { z } from 'zod';
import type { Immutable } from '../immutable.ts';

const countAnswer = z
  .object({
    minute: z.number().int().meta({ description: 'Start of the minute, milliseconds since 1970.' }),
    variation: z.string().nullable().meta({ description: 'null: the caller’s default was served.' }),
    count: z.number().int(),
  })
  .meta({ id: 'EvaluationCount' });

/** How often one flag served which variation. */
export const evaluationsAnswer = z.object({
  from: z.number().int(),
  to: z.number().int(),
  lastEvaluatedAt: z.number().int().nullable(),
  items: z.array(countAnswer),
});

/** When each flag was last evaluated. */
export const lastEvaluationsAnswer = z.object({
  items: z.array(z.object({ flag: z.string(), lastEvaluatedAt: z.number().int() })),
});

export type Evaluations = Immutable<z.output<typeof evaluationsAnswer>>;
