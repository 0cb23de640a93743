import { propagationRoutes } from '@dimmer/contract';
import { findEnvironment } from '../commands/find.ts';
import { instanceStateOf } from '../instances/instance-state.ts';
import { rulesetIds } from '../state/moment.ts';
import type { AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { found } from './found.ts';

/** Who is connected to an environment, and how far a change has come there. */
export function addInstanceRoutes(routes: AdminRoutes, { changeLog, propagations, now }: AdminServices): void {
  routes.add(propagationRoutes.listInstances, {
    action: 'read',
    async handle({ params: { project, environment } }) {
      found(findEnvironment(changeLog.state, project, environment));
      const { items, everywhere } = await propagations.instances(project, environment);
      const ids = rulesetIds(changeLog.state.moment(project, environment), project, environment);
      const standing = items.map((each) => ({ ...each, standing: instanceStateOf(each, ids, now()) }));
      return { json: { id: ids.server, browserId: ids.browser, everywhere, items: standing } };
    },
  });

  routes.add(propagationRoutes.getPropagation, {
    action: 'read',
    async handle({ params: { project, environment }, query: { revision } }) {
      found(findEnvironment(changeLog.state, project, environment));
      return { json: await propagations.propagation(project, environment, revision) };
    },
  });
}
