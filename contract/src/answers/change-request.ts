import { z } from 'zod';
import { changeRequestBody } from '../documents/change-request.ts';
import type { Immutable } from '../immutable.ts';
import { documentAnswer } from './document.ts';
import { documentDifference } from './document-difference.ts';
import { refusalAnswer } from './error.ts';

export const changeRequest = documentAnswer('ChangeRequest', changeRequestBody.shape);

/** One that is read alone. */
export const changeRequestNow = documentAnswer('ChangeRequestNow', {
  ...changeRequestBody.shape,
  documents: z.array(documentDifference).optional().meta({
    description: 'Of one that waits: what it would change, as of now.',
  }),
  refusal: refusalAnswer.optional().meta({ description: 'Of one that waits: why it could not be applied now.' }),
});

export type ChangeRequest = Immutable<z.output<typeof changeRequest>>;
export type ChangeRequestNow = Immutable<z.output<typeof changeRequestNow>>;
