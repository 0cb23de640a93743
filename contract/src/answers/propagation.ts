import { z } from 'zod';
import type { Immutable } from '../immutable.ts';

const standing = {
  connected: z.number().int().meta({ description: 'SDKs connected, through relays too.' }),
  applied: z.number().int(),
  pending: z.number().int(),
  silent: z.number().int().meta({ description: 'Connected, and never say what they apply.' }),
};

/** How far a change has come in one environment. */
export const propagationAnswer = z
  .object({
    environment: z.string(),
    revision: z.number().int(),
    id: z.string().meta({ description: 'Of the ruleset for servers right after it.', example: '105.ab12cd34ef56' }),
    browserId: z.string().meta({ description: 'Of the ruleset for browsers right after it.' }),
    complete: z.boolean().meta({
      description:
        'All SDKs with server keys that are connected and say what they apply have applied it; at least one has, and none was lost around the change.',
    }),
    everywhere: z
      .boolean()
      .meta({ description: 'False: other servers cannot be asked, and their instances are missing here.' }),
    ageMs: z.number().meta({ description: 'How long ago the change was committed, by the clock of the server.' }),
    ...standing,
    lost: z.number().int().meta({
      description:
        'There around the change or after it, by a stream or by asking from time to time, and not heard of since: whether they have it is not known.',
    }),
    browsers: z
      .object({
        ...standing,
        unprovenRelays: z.number().int().meta({
          description:
            'Relays to which only browsers come. Each counts as one: how many are below it cannot be proved.',
        }),
      })
      .meta({ description: 'The same of browsers, which `complete` does not wait for.' }),
    delayMs: z.object({ count: z.number().int(), p50: z.number(), p99: z.number(), max: z.number() }).nullable().meta({
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
          via: z.string().meta({ description: 'Relays between it and this server.' }),
          failure: z.string().nullable().meta({ description: 'Why it cannot take it.' }),
          polls: z
            .boolean()
            .optional()
            .meta({ description: 'It has no stream: it takes the change when it asks again.' }),
        }),
      )
      .meta({ description: 'By name, those furthest behind; at most 100.' }),
    evaluatingOlder: z
      .object({ instances: z.number().int(), lastAt: z.number().int().nullable() })
      .meta({ description: 'Instances, connected or not, that have told of evaluations by older rules since.' }),
  })
  .meta({ id: 'Propagation' });

export type Propagation = Immutable<z.output<typeof propagationAnswer>>;
