import { z } from 'zod';
import type { Immutable } from '../immutable.ts';
import { changeRequest } from './change-request.ts';
import { documentDifference } from './document-difference.ts';
import { propagationAnswer } from './propagation.ts';

const warning = z
  .object({ code: z.string(), message: z.string(), path: z.string().optional() })
  .meta({ id: 'Warning', description: 'Something that is allowed, and probably not what was meant.' });

const RULESET_ID = 'Of a write in one environment: as SDKs with a server key report it. Else its id in the log.';

const shape = {
  revision: z.number().int().meta({
    description: 'The change that this made; if nothing changed, the last one of the document.',
  }),
  id: z.string().meta({ description: RULESET_ID, example: '105.ab12cd34ef56' }),
  rulesets: z
    .array(z.object({ environment: z.string(), id: z.string(), browserId: z.string() }))
    .optional()
    .meta({ description: 'The environments that it touches: as their servers and browsers report it.' }),
  changed: z.boolean().meta({ description: 'False: everything was as asked already, and nothing was written.' }),
  warnings: z.array(warning),
  propagation: z.array(propagationAnswer).optional().meta({ description: 'With `?wait=applied` only.' }),
};

/** The shape of the answer to a write that was carried out. */
export function writeAnswer<Document extends z.ZodType, More extends z.ZodRawShape = Record<never, never>>(
  document: Document,
  more: More = {} as More,
) {
  return z.object({
    // As it is now. Left out for who may not read it. No metadata: they would take the place of its name.
    document: document.optional(),
    ...shape,
    ...more,
  });
}

/** The answer to any write that is only looked at, with `?dryRun=true`. */
export const dryRunAnswer = z
  .object({
    dryRun: z.literal(true),
    changed: z.boolean().meta({ description: 'False: everything is as asked already.' }),
    warnings: z.array(warning),
    documents: z.array(documentDifference).meta({ description: 'What it would write.' }),
  })
  .meta({ id: 'DryRun', description: 'What would come of a write, with `?dryRun=true`. Nothing was written.' });

/** The answer to any write that is made a change request, with `?propose=true`. */
export const proposalAnswer = z
  .object({ changeRequest, revision: z.number().int().meta({ description: 'The change that made the request.' }) })
  .meta({ id: 'Proposal', description: 'With `?propose=true`: what waits for a second person now.' });

/** What a write has made, of whichever kind of document. */
export interface Written<Document = unknown> extends Immutable<z.output<z.ZodObject<typeof shape>>> {
  /** As it is now. Left out for who may not read it. */
  readonly document?: Document | undefined;
}
export type DryRun = Immutable<z.output<typeof dryRunAnswer>>;
export type Proposal = Immutable<z.output<typeof proposalAnswer>>;
