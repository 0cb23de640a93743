import { z } from 'zod';

/** The shape of a list. */
export function listAnswer<Item extends z.ZodType>(item: Item) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().meta({ description: 'Send it as `after` to read on; null: that was all.' }),
  });
}
