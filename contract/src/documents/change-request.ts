import { z } from 'zod';
import { actorField } from '../actor.ts';
import { descriptionField, given, instantField, keyField } from '../fields.ts';
import type { Immutable } from '../immutable.ts';
import { LIMITS } from '../limits.ts';

/** Where a change request stands. `open` waits for approval, `approved` for somebody to apply it. */
export const REQUEST_STATES = ['open', 'approved', 'scheduled', 'applied', 'rejected', 'withdrawn', 'failed'] as const;

/** A change that waits for a second person. */
export const changeRequestBody = z
  .object({
    id: z.string(),
    project: keyField,
    /** `null`: it touches all environments. */
    environment: keyField.nullable(),
    /** E.g. `flag.rollout new-checkout`. */
    title: z.string().max(LIMITS.reasonCharacters),
    reason: descriptionField,
    /** The very request that is carried out once it is approved. `path` is below `/api/v1`. */
    call: z.object({
      method: z.enum(['POST', 'PUT', 'PATCH', 'DELETE']),
      path: z.string(),
      body: z.record(z.string(), z.unknown()),
      /** The version that the change was made from; it is refused if the document has moved on. */
      version: z.number().int().nullable(),
    }),
    /** What the call takes, as JSON. Absent: an earlier version did not say. */
    bytes: given(z.number().int()),
    state: z.enum(REQUEST_STATES),
    createdBy: actorField,
    createdAt: instantField,
    approvals: z.array(z.object({ by: actorField, at: instantField, comment: descriptionField })).max(10),
    /** When it is to be applied by itself. */
    applyAt: instantField.nullable(),
    /** Who asked for that: it is applied with their rights. */
    scheduledBy: actorField.nullable(),
    appliedRevision: z.number().int().nullable(),
    /** Why it was rejected, or could not be applied. */
    problem: descriptionField.nullable(),
  })
  .meta({ id: 'ChangeRequestBody' });
export type ChangeRequestBody = Immutable<z.output<typeof changeRequestBody>>;
