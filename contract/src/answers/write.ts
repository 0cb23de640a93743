import { z } from 'zod';
import { propagationAnswer } from './propagation.ts';

const warning = z
  .object({ code: z.string(), message: z.string(), path: z.string().optional() })
  .meta({ id: 'Warning', description: 'Something that is allowed, and probably not what was meant.' });

/** The shape of the answer to a write. */
export function writeAnswer(document: z.ZodType, more: z.ZodRawShape = {}) {
  return z.object({
    document,
    revision: z.number().int().meta({ description: 'The change that this made; if nothing changed, the last one.' }),
    id: z.string().meta({
      description: 'Of a write in one environment: as SDKs with a server key report it. Else its id in the log.',
      example: '105.ab12cd34ef56',
    }),
    rulesets: z
      .array(z.object({ environment: z.string(), id: z.string(), browserId: z.string() }))
      .optional()
      .meta({ description: 'The environments that it touches: as their servers and browsers report it.' }),
    changed: z.boolean().meta({ description: 'False: everything was as asked already, and nothing was written.' }),
    warnings: z.array(warning),
    propagation: z.array(propagationAnswer).optional().meta({ description: 'With `?wait=applied` only.' }),
    ...more,
  });
}
