import { z } from 'zod';

export const errorAnswer = z
  .object({
    error: z.object({
      code: z.string().meta({ description: 'Stable; see docs/errors.md.', example: 'FLAG_NOT_FOUND' }),
      message: z.string(),
      fix: z.string().optional().meta({ description: 'What to do about it.' }),
      path: z.string().optional().meta({ description: 'The field at fault.', example: 'rules[2].when[0].values[0]' }),
      details: z.record(z.string(), z.unknown()).optional(),
      requestId: z.string(),
    }),
  })
  .meta({ id: 'Error' });
