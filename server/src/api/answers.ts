import { z } from '@hono/zod-openapi';

/** What is given out of every document besides its body. */
const stamp = {
  version: z.number().int().openapi({ description: 'Counts the writes of this document; its ETag.' }),
  revision: z.number().int().openapi({ description: 'The change that wrote it last.' }),
};

const warning = z
  .object({ code: z.string(), message: z.string(), path: z.string().optional() })
  .openapi('Warning', { description: 'Something that is allowed, and probably not what was meant.' });

/** The shape of a document as it is answered: its body, where it belongs, version and revision. */
export function documentAnswer(name: string, shape: z.ZodRawShape) {
  return z.looseObject({ ...shape, ...stamp }).openapi(name);
}

/** The shape of the answer to a write. */
export function writeAnswer(document: z.ZodType, more: z.ZodRawShape = {}) {
  return z.object({
    document,
    revision: z.number().int().openapi({ description: 'The change that this made; if nothing changed, the last one.' }),
    id: z
      .string()
      .openapi({ description: 'Its id, as SDKs report it when they have applied it.', example: '105.ab12cd34ef56' }),
    changed: z.boolean().openapi({ description: 'False: everything was as asked already, and nothing was written.' }),
    warnings: z.array(warning),
    ...more,
  });
}

/** The shape of a list. */
export function listAnswer(item: z.ZodType) {
  return z.object({
    items: z.array(item),
    next: z.string().nullable().openapi({ description: 'Send it as `after` to read on; null: that was all.' }),
  });
}

export const errorAnswer = z
  .object({
    error: z.object({
      code: z.string().openapi({ description: 'Stable; see docs/errors.md.', example: 'FLAG_NOT_FOUND' }),
      message: z.string(),
      fix: z.string().optional().openapi({ description: 'What to do about it.' }),
      path: z
        .string()
        .optional()
        .openapi({ description: 'The field at fault.', example: 'rules[2].when[0].values[0]' }),
      details: z.record(z.string(), z.unknown()).optional(),
      requestId: z.string(),
    }),
  })
  .openapi('Error');
