import { z } from 'zod';
import type { Immutable } from '../immutable.ts';

const instant = z.number().int().nullable().meta({ description: 'Milliseconds since 1970.' });

/**
 * How one instance stands to the rules that count now: it cannot take them; it has them; it has others or none, by all
 * that is known; it is connected and never says what it has; it is not connected.
 */
export const INSTANCE_STATES = ['failed', 'current', 'behind', 'silent', 'gone'] as const;
export type InstanceState = (typeof INSTANCE_STATES)[number];

/** How those connected to a relay stand, in numbers, and by name those furthest behind. */
const rollCallAnswer = z.object({
  connected: z.number(),
  silent: z.number(),
  applied: z.array(z.object({ id: z.string(), count: z.number() })),
  delays: z.array(z.object({ id: z.string(), histogram: z.array(z.number()), maxMs: z.number() })),
  behind: z.array(
    z.object({
      instance: z.string().nullable(),
      application: z.string().nullable(),
      sdk: z.string().nullable(),
      appliedId: z.string().nullable(),
      via: z.string(),
      failure: z.string().nullable(),
      polls: z.boolean().optional(),
    }),
  ),
  unprovenRelays: z.number(),
  lost: z.array(z.object({ id: z.string().nullable(), count: z.number(), agoMs: z.number() })),
});

const instanceAnswer = z
  .object({
    instance: z.string().nullable(),
    application: z.string().nullable(),
    sdk: z.string().nullable().meta({ example: 'node/0.1.0' }),
    sendsReceipts: z.boolean().meta({ description: 'False: it never says what it has applied.' }),
    audience: z.enum(['server', 'browser']).meta({
      description: 'By which key. `browser`: it is public, so all that is said here may be made up.',
    }),
    standing: z.enum(INSTANCE_STATES).meta({
      description:
        'Whether it has the rules that count now: `failed` cannot take them, `silent` never says, `gone` is not connected.',
    }),
    streams: z.number().int().meta({ description: 'Open now; 0 = it has gone, or it polls.' }),
    connectedAt: instant,
    disconnectedAt: instant,
    appliedId: z.string().nullable().meta({ description: 'The id of the ruleset that it last said to have applied.' }),
    appliedAt: instant,
    delayMs: z.number().nullable().meta({ description: 'How long after the change, by its own word.' }),
    evaluatedId: z.string().nullable().meta({ description: 'The id by which it last said to have evaluated.' }),
    evaluatedAt: instant,
    rollCall: rollCallAnswer.nullable().meta({ description: 'Of a relay: how those connected to it stand.' }),
    rollCallAt: instant,
    client: z.string().nullable().meta({ description: 'Random, of one SDK client. Null: an SDK of before.' }),
    polledAt: instant,
    pollGapMs: z.number().int().nullable().meta({
      description: 'The longest between two times that it asked without a stream; null: not known.',
    }),
    leftAt: instant.meta({ description: 'When it said that it ends.' }),
    failure: z
      .object({ id: z.string(), at: z.number().int(), message: z.string() })
      .nullable()
      .meta({ description: 'The ruleset that it last could not take, and why.' }),
    lostBelow: z.number().int().nullable().meta({ description: 'Of a relay that has gone: connected to it then.' }),
    unprovenAt: instant.meta({
      description: 'When it last told of others below it, by a key that anybody has: they are not counted.',
    }),
  })
  .meta({ id: 'Instance' });

/** Who is connected to an environment. */
export const instancesAnswer = z.object({
  id: z.string().meta({ description: 'That the ruleset for servers is at.', example: '105.ab12cd34ef56' }),
  browserId: z.string().meta({ description: 'That the ruleset for browsers is at.' }),
  everywhere: z.boolean().meta({
    description: 'False: other servers cannot be asked, and their instances are missing here.',
  }),
  items: z.array(instanceAnswer),
});

export type Instances = Immutable<z.output<typeof instancesAnswer>>;
