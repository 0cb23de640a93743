import { propagationRoutes } from '@dimmer/contract';
import { OTHER } from '@dimmer/core/other';
import { findEnvironment, findFlag } from '../commands/find.ts';
import type { Evaluations } from '../evaluations/evaluations.ts';
import type { AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { found } from './found.ts';
import { parseInstant } from './instant-query.ts';

const HOUR_MS = 3_600_000;

/** How often flags were evaluated. */
export function addEvaluationRoutes(
  routes: AdminRoutes,
  services: Pick<AdminServices, 'changeLog' | 'now'> & { readonly evaluations: Evaluations },
): void {
  const { changeLog, now, evaluations } = services;

  routes.add(propagationRoutes.listEvaluations, {
    action: 'read',
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

  routes.add(propagationRoutes.listLastEvaluations, {
    action: 'read',
    async handle({ params: { project, environment } }) {
      found(findEnvironment(changeLog.state, project, environment));
      const last = await evaluations.lastEvaluations({ project, environment });
      return { json: { items: [...last].map(([flag, lastEvaluatedAt]) => ({ flag, lastEvaluatedAt })) } };
    },
  });
}
