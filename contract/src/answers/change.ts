import { z } from 'zod';
import { actorField } from '../actor.ts';
import type { Immutable } from '../immutable.ts';
import { documentDifference } from './document-difference.ts';

/** One entry of the log. */
export const changeAnswer = z
  .object({
    revision: z.number().int(),
    id: z.string(),
    at: z.number().meta({ description: 'Milliseconds since 1970.' }),
    actor: actorField,
    command: z.string().meta({ description: 'What was asked for.', example: 'flag.rollout' }),
    project: z.string().nullable(),
    environment: z.string().nullable(),
    subject: z.string().meta({ description: 'The key of what it is about.' }),
    reason: z.string().nullable(),
    hash: z.string(),
    writeCount: z.number().int().meta({ description: 'Documents that it wrote and that you may read.' }),
    writes: z
      .array(z.object({ kind: z.string(), id: z.string(), version: z.number().int(), deleted: z.boolean() }))
      .meta({ description: 'The documents that it wrote, the first 20 of them that you may read.' }),
  })
  .meta({ id: 'Change' });

export const historyAnswer = z.object({
  items: z.array(changeAnswer),
  next: z.number().int().nullable().meta({ description: 'Send it as `before` to read on; null: that was all.' }),
});

/** One that is read alone. */
export const changeWithDocuments = changeAnswer
  .extend({ documents: z.array(documentDifference) })
  .meta({ id: 'ChangeWithDocuments' });

/** Whether the log is what was written. */
export const verificationAnswer = z.union([
  z.object({
    ok: z.literal(true),
    revision: z.number().int().meta({ description: 'The last one.' }),
    id: z.string(),
    sealed: z.boolean().meta({
      description: 'The last change, and so all before it, has the seal of DIMMER_AUDIT_KEY.',
    }),
    sealedFrom: z.number().int().nullable().meta({ description: 'The first change that has a seal.' }),
  }),
  z.object({
    ok: z.literal(false),
    revision: z.number().int().meta({ description: 'The first that is wrong.' }),
    problem: z.string(),
  }),
]);

export type Change = Immutable<z.output<typeof changeAnswer>>;
export type History = Immutable<z.output<typeof historyAnswer>>;
export type ChangeWithDocuments = Immutable<z.output<typeof changeWithDocuments>>;
export type Verification = Immutable<z.output<typeof verificationAnswer>>;
