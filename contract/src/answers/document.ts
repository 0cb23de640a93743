import { z } from 'zod';
import type { Immutable } from '../immutable.ts';

/** What is given out of every document besides its body. */
const stamp = {
  version: z.number().int().meta({ description: 'Counts the writes of this document; its ETag.' }),
  revision: z.number().int().meta({ description: 'The change that wrote it last.' }),
};

/** The shape of a document as it is answered: its body, where it belongs, version and revision. */
export function documentAnswer<Shape extends z.ZodRawShape>(id: string, shape: Shape, description?: string) {
  return z.object({ ...shape, ...stamp }).meta({ id, ...(description !== undefined && { description }) });
}

/** What is left of a document that is not there any more. */
export const deletedDocument = z
  .object({ ...stamp, deleted: z.literal(true) })
  .meta({ id: 'DeletedDocument', description: 'The document is gone, e.g. by the revert of its creation.' });

export type DeletedDocument = Immutable<z.output<typeof deletedDocument>>;
