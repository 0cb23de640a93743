import { targetingRoutes } from '@dimmer/contract';
import { findEnvironment, findFlag } from '../commands/find.ts';
import { explainFlag } from '../ruleset/explain-flag.ts';
import { stateThen } from '../ruleset/state-then.ts';
import type { AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { found } from './found.ts';
import { parseInstant } from './instant-query.ts';

/** Why a flag decides as it does for somebody: which rule, which bucket. */
export function addExplain(routes: AdminRoutes, { changeLog, now }: AdminServices): void {
  routes.add(targetingRoutes.explainFlag, {
    action: 'read',
    async handle({ params, body }) {
      const { state } = changeLog;
      found(findEnvironment(state, params.project, params.environment));
      found(findFlag(state, params.project, params.flag));
      if (body.at === undefined) {
        const at = now();
        const { revision } = state.head;
        return { json: { ...(await explainFlag(state, params, body.context, at)), revision, at } };
      }
      const at = parseInstant(String(body.at), 'at');
      const revision = await changeLog.revisionAt(at);
      const then = await stateThen(changeLog, params, revision);
      return { json: { ...(await explainFlag(then, params, body.context, at)), revision, at } };
    },
  });
}
