import { z } from 'zod';
import { ERROR_CODES } from '../error-codes.ts';
import { given } from '../fields.ts';
import type { Immutable } from '../immutable.ts';

/** Why something is not done. */
export const refusalAnswer = z.object({
  code: z.enum(ERROR_CODES).meta({ description: 'Stable; see docs/errors.md.', example: 'FLAG_NOT_FOUND' }),
  message: z.string(),
  fix: given(z.string()).meta({ description: 'What to do about it.' }),
  path: given(z.string()).meta({
    description: 'The field at fault.',
    example: 'rules[2].when[0].values[0]',
  }),
  details: given(z.record(z.string(), z.unknown())),
});

export const errorAnswer = z
  .object({
    error: refusalAnswer.extend({
      requestId: z.string().meta({ description: 'What the log of the server calls this request.' }),
    }),
  })
  .meta({ id: 'Error' });

export type RefusalAnswer = Immutable<z.output<typeof refusalAnswer>>;
