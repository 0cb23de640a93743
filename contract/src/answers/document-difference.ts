import { z } from 'zod';
import type { Immutable } from '../immutable.ts';

/** One document before and after a change. */
export const documentDifference = z
  .object({
    kind: z.string(),
    id: z.string(),
    before: z.unknown().meta({ description: 'The body before; null: it was not there.' }),
    after: z.unknown().meta({ description: 'The body after; null: deleted.' }),
  })
  .meta({ id: 'DocumentDifference' });

export type DocumentDifference = Immutable<z.output<typeof documentDifference>>;
