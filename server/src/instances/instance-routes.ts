import { z } from '@hono/zod-openapi';
import type { AdminRoutes } from '../api/admin-route.ts';
import type { AdminServices } from '../api/admin-services.ts';
import { found } from '../api/found.ts';
import { inEnvironment } from '../api/path-fields.ts';
import { findEnvironment } from '../commands/find.ts';
import { idAt } from '../state/moment.ts';
import type { InstanceRegistry } from './instance-registry.ts';

const instant = z.number().int().nullable().openapi({ description: 'Milliseconds since 1970.' });

const instanceAnswer = z
  .object({
    instance: z.string().nullable(),
    application: z.string().nullable(),
    sdk: z.string().nullable().openapi({ example: 'node/0.1.0' }),
    audience: z.enum(['server', 'browser']),
    streams: z.number().int().openapi({ description: 'Open now; 0 = it has gone, or it polls.' }),
    connectedAt: instant,
    disconnectedAt: instant,
    appliedId: z
      .string()
      .nullable()
      .openapi({ description: 'The id of the ruleset that it last said to have applied.' }),
    appliedAt: instant,
    delayMs: z.number().nullable().openapi({ description: 'How long after the change, by its own word.' }),
  })
  .openapi('Instance');

/** Who is connected to an environment. */
export function addInstanceRoutes(
  routes: AdminRoutes,
  { changeLog, instances }: Pick<AdminServices, 'changeLog'> & { readonly instances: InstanceRegistry },
): void {
  routes.add({
    method: 'get',
    path: '/projects/{project}/environments/{environment}/instances',
    tag: 'Delivery',
    summary: 'SDK clients that are connected, or were within the last ten minutes, and what they have applied',
    action: 'read',
    params: inEnvironment,
    answer: z.object({
      id: z.string().openapi({ description: 'The id that the environment is at.', example: '105.ab12cd34ef56' }),
      items: z.array(instanceAnswer),
    }),
    handle({ params: { project, environment } }) {
      found(findEnvironment(changeLog.state, project, environment));
      const id = idAt(changeLog.state.moment(project, environment));
      return { json: { id, items: instances.list(project, environment) } };
    },
  });
}
