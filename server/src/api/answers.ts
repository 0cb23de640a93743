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

const standing = {
  connected: z.number().int().openapi({ description: 'SDKs connected, through relays too.' }),
  applied: z.number().int(),
  pending: z.number().int(),
  silent: z.number().int().openapi({ description: 'Connected, and never say what they apply.' }),
};

/** How far a change has come in one environment. */
export const propagationAnswer = z
  .object({
    environment: z.string(),
    revision: z.number().int(),
    id: z.string().openapi({ description: 'Of the ruleset for servers right after it.', example: '105.ab12cd34ef56' }),
    browserId: z.string().openapi({ description: 'Of the ruleset for browsers right after it.' }),
    complete: z.boolean().openapi({
      description:
        'All SDKs with server keys that are connected and say what they apply have applied it; at least one has, and none was lost around the change.',
    }),
    everywhere: z
      .boolean()
      .openapi({ description: 'False: other servers cannot be asked, and their instances are missing here.' }),
    ageMs: z.number().openapi({ description: 'How long ago the change was committed, by the clock of the server.' }),
    ...standing,
    lost: z.number().int().openapi({
      description:
        'There around the change or after it, by a stream or by asking from time to time, and not heard of since: whether they have it is not known.',
    }),
    browsers: z
      .object({
        ...standing,
        unprovenRelays: z.number().int().openapi({
          description:
            'Relays to which only browsers come. Each counts as one: how many are below it cannot be proved.',
        }),
      })
      .openapi({ description: 'The same of browsers, which `complete` does not wait for.' }),
    delayMs: z
      .object({ count: z.number().int(), p50: z.number(), p99: z.number(), max: z.number() })
      .nullable()
      .openapi({
        description:
          'From the commit until it was applied, of those that applied exactly this one last: `count` of them.',
      }),
    stragglers: z
      .array(
        z.object({
          instance: z.string().nullable(),
          application: z.string().nullable(),
          sdk: z.string().nullable(),
          appliedId: z.string().nullable(),
          via: z.string().openapi({ description: 'Relays between it and this server.' }),
          failure: z.string().nullable().openapi({ description: 'Why it cannot take it.' }),
          polls: z
            .boolean()
            .optional()
            .openapi({ description: 'It has no stream: it takes the change when it asks again.' }),
        }),
      )
      .openapi({ description: 'By name, those furthest behind; at most 100.' }),
    evaluatingOlder: z
      .object({ instances: z.number().int(), lastAt: z.number().int().nullable() })
      .openapi({ description: 'Instances, connected or not, that have told of evaluations by older rules since.' }),
  })
  .openapi('Propagation');

/** The shape of the answer to a write. */
export function writeAnswer(document: z.ZodType, more: z.ZodRawShape = {}) {
  return z.object({
    document,
    revision: z.number().int().openapi({ description: 'The change that this made; if nothing changed, the last one.' }),
    id: z.string().openapi({
      description: 'Of a write in one environment: as SDKs with a server key report it. Else its id in the log.',
      example: '105.ab12cd34ef56',
    }),
    rulesets: z
      .array(z.object({ environment: z.string(), id: z.string(), browserId: z.string() }))
      .optional()
      .openapi({ description: 'The environments that it touches: as their servers and browsers report it.' }),
    changed: z.boolean().openapi({ description: 'False: everything was as asked already, and nothing was written.' }),
    warnings: z.array(warning),
    propagation: z.array(propagationAnswer).optional().openapi({ description: 'With `?wait=applied` only.' }),
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
