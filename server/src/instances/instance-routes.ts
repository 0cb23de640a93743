import { countField, inEnvironment, propagationAnswer } from '@dimmer/contract';
import { z } from '@hono/zod-openapi';
import type { AdminRoutes } from '../api/admin-route.ts';
import type { AdminServices } from '../api/admin-services.ts';
import { found } from '../api/found.ts';
import { findEnvironment } from '../commands/find.ts';
import { rulesetIds } from '../state/moment.ts';
import { rollCall } from './roll-call.ts';
import { STANDINGS, standingOf } from './standing.ts';

const instant = z.number().int().nullable().openapi({ description: 'Milliseconds since 1970.' });

const instanceAnswer = z
  .object({
    instance: z.string().nullable(),
    application: z.string().nullable(),
    sdk: z.string().nullable().openapi({ example: 'node/0.1.0' }),
    sendsReceipts: z.boolean().openapi({ description: 'False: it never says what it has applied.' }),
    audience: z.enum(['server', 'browser']).openapi({
      description: 'By which key. `browser`: it is public, so all that is said here may be made up.',
    }),
    standing: z.enum(STANDINGS).openapi({
      description:
        'Whether it has the rules that count now: `failed` cannot take them, `silent` never says, `gone` is not connected.',
    }),
    streams: z.number().int().openapi({ description: 'Open now; 0 = it has gone, or it polls.' }),
    connectedAt: instant,
    disconnectedAt: instant,
    appliedId: z
      .string()
      .nullable()
      .openapi({ description: 'The id of the ruleset that it last said to have applied.' }),
    appliedAt: instant,
    delayMs: z.number().nullable().openapi({ description: 'How long after the change, by its own word.' }),
    evaluatedId: z.string().nullable().openapi({ description: 'The id by which it last said to have evaluated.' }),
    evaluatedAt: instant,
    rollCall: rollCall.nullable().openapi({ description: 'Of a relay: how those connected to it stand.' }),
    rollCallAt: instant,
    client: z
      .string()
      .nullable()
      .optional()
      .openapi({ description: 'Random, of one SDK client. Null: an SDK of before.' }),
    polledAt: instant,
    pollGapMs: z
      .number()
      .int()
      .nullable()
      .openapi({ description: 'The longest between two times that it asked without a stream; null: not known.' }),
    leftAt: instant.openapi({ description: 'When it said that it ends.' }),
    failure: z
      .object({ id: z.string(), at: z.number().int(), message: z.string() })
      .nullable()
      .openapi({ description: 'The ruleset that it last could not take, and why.' }),
    lostBelow: z.number().int().nullable().openapi({ description: 'Of a relay that has gone: connected to it then.' }),
    unprovenAt: instant.openapi({
      description: 'When it last told of others below it, by a key that anybody has: they are not counted.',
    }),
  })
  .openapi('Instance');

/** Who is connected to an environment, and how far a change has come there. */
export function addInstanceRoutes(routes: AdminRoutes, { changeLog, delivery, now }: AdminServices): void {
  routes.add({
    method: 'get',
    path: '/projects/{project}/environments/{environment}/instances',
    tag: 'Delivery',
    summary: 'SDK clients that are connected, or were within the last ten minutes, and what they have applied',
    action: 'read',
    params: inEnvironment,
    answer: z.object({
      id: z.string().openapi({ description: 'That the ruleset for servers is at.', example: '105.ab12cd34ef56' }),
      browserId: z.string().openapi({ description: 'That the ruleset for browsers is at.' }),
      everywhere: z
        .boolean()
        .openapi({ description: 'False: other servers cannot be asked, and their instances are missing here.' }),
      items: z.array(instanceAnswer),
    }),
    async handle({ params: { project, environment } }) {
      found(findEnvironment(changeLog.state, project, environment));
      const { items, everywhere } = await delivery.instances(project, environment);
      const ids = rulesetIds(changeLog.state.moment(project, environment), project, environment);
      const standing = items.map((each) => ({ ...each, standing: standingOf(each, ids, now()) }));
      return { json: { id: ids.server, browserId: ids.browser, everywhere, items: standing } };
    },
  });

  routes.add({
    method: 'get',
    path: '/projects/{project}/environments/{environment}/propagation',
    tag: 'Delivery',
    summary: 'Whether a change has reached everybody: how many have applied it, who has not, and how long it took',
    action: 'read',
    params: inEnvironment,
    query: z.strictObject({
      revision: countField.optional().openapi({
        type: 'integer',
        description: 'Of a change. Default: the last one that this environment is made of.',
      }),
    }),
    answer: propagationAnswer,
    async handle({ params: { project, environment }, query: { revision } }) {
      found(findEnvironment(changeLog.state, project, environment));
      return { json: await delivery.propagation(project, environment, revision) };
    },
  });
}
