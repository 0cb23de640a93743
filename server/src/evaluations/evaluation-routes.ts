import { inEnvironment, keyField, ofTargeting } from '@dimmer/contract';
import { z } from '@hono/zod-openapi';
import type { AdminRoutes } from '../api/admin-route.ts';
import type { AdminServices } from '../api/admin-services.ts';
import { found } from '../api/found.ts';
import { parseInstant } from '../api/instant-query.ts';
import { findEnvironment, findFlag } from '../commands/find.ts';
import { type Evaluations, OTHER } from './evaluations.ts';

const HOUR_MS = 3_600_000;

/** What SDKs call by a name that this server does not know can be read as well. */
const flagOrOther = keyField.or(z.literal(OTHER));

const countAnswer = z
  .object({
    minute: z.number().int().openapi({ description: 'Start of the minute, milliseconds since 1970.' }),
    variation: z.string().nullable().openapi({ description: 'null: the caller’s default was served.' }),
    count: z.number().int(),
  })
  .openapi('EvaluationCount');

/** How often flags were evaluated. */
export function addEvaluationRoutes(
  routes: AdminRoutes,
  services: Pick<AdminServices, 'changeLog' | 'now'> & { readonly evaluations: Evaluations },
): void {
  const { changeLog, now, evaluations } = services;

  routes.add({
    method: 'get',
    path: '/projects/{project}/flags/{flag}/environments/{environment}/evaluations',
    tag: 'Delivery',
    summary:
      'How often a flag served which variation, by the minute, as SDKs have counted; of a flag that browsers may see, whoever has their public key can add what they like',
    action: 'read',
    params: ofTargeting.extend({ flag: flagOrOther }),
    query: z.object({
      from: z
        .string()
        .optional()
        .openapi({ description: 'RFC 3339 with zone, or milliseconds since 1970. Default: an hour before `to`.' }),
      to: z.string().optional().openapi({ description: 'The same. Default: now.' }),
    }),
    answer: z.object({
      from: z.number().int(),
      to: z.number().int(),
      lastEvaluatedAt: z.number().int().nullable(),
      items: z.array(countAnswer),
    }),
    async handle({ params: { project, flag, environment }, query }) {
      found(findEnvironment(changeLog.state, project, environment));
      if (flag !== OTHER) found(findFlag(changeLog.state, project, flag));
      const to = query.to === undefined ? now() + 1 : parseInstant(query.to, 'to');
      const from = query.from === undefined ? to - HOUR_MS : parseInstant(query.from, 'from');
      const rows = await evaluations.read({ project, environment, flag, from, to });
      const last = await evaluations.lastEvaluations({ project, environment }, flag);
      return {
        json: {
          from,
          to,
          lastEvaluatedAt: last.get(flag) ?? null,
          items: rows.map(({ minute, variation, count }) => ({ minute, variation, count })),
        },
      };
    },
  });

  routes.add({
    method: 'get',
    path: '/projects/{project}/environments/{environment}/evaluations',
    tag: 'Delivery',
    summary:
      'When each flag of an environment was last evaluated, as SDKs say, browsers too, whose key is public; flags that never were are absent',
    action: 'read',
    params: inEnvironment,
    answer: z.object({ items: z.array(z.object({ flag: z.string(), lastEvaluatedAt: z.number().int() })) }),
    async handle({ params: { project, environment } }) {
      found(findEnvironment(changeLog.state, project, environment));
      const last = await evaluations.lastEvaluations({ project, environment });
      return { json: { items: [...last].map(([flag, lastEvaluatedAt]) => ({ flag, lastEvaluatedAt })) } };
    },
  });
}
