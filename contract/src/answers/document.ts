import { z } from 'zod';

/** What is given out of every document besides its body. */
const stamp = {
  version: z.number().int().meta({ description: 'Counts the writes of this document; its ETag.' }),
  revision: z.number().int().meta({ description: 'The change that wrote it last.' }),
};

/** The shape of a document as it is answered: its body, where it belongs, version and revision. */
export function documentAnswer(name: string, shape: z.ZodRawShape) {
  return z.looseObject({ ...shape, ...stamp }).meta({ id: name });
}
