import { projectRoutes } from '@dimmer/contract';
import { MOST_RULESET_BYTES } from '@dimmer/core';
import { can } from '../access/can.ts';
import { createEnvironment, updateEnvironment } from '../commands/environments.ts';
import { findEnvironment, findProject } from '../commands/find.ts';
import { createProject, updateProject } from '../commands/projects.ts';
import { rulesetIds } from '../state/moment.ts';
import type { AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { found } from './found.ts';
import { pageOf } from './page-of.ts';
import { answerDocument, answerWrite, presentDocument } from './present.ts';

/** Projects and their environments. */
export function addProjects(routes: AdminRoutes, { changeLog }: AdminServices): void {
  const { state, weights } = changeLog;

  /** What SDKs get of an environment: by which ids they know it, and how large it is. */
  function rulesetOf(project: string, environment: string) {
    const moment = state.moment(project, environment);
    const { server: id, browser: browserId } = rulesetIds(moment, project, environment);
    const bytes = weights.total(project, environment);
    return { id, browserId, at: moment.at, bytes, limitBytes: MOST_RULESET_BYTES };
  }

  routes.add(projectRoutes.listProjects, {
    action: 'handler decides',
    handle({ query, credential }) {
      const readable = [...state.projects()].filter(({ body }) => can(credential, 'read', body.key, null));
      const { items, next } = pageOf(readable, ({ body }) => body.key, query);
      return { json: { items: items.map(presentDocument), next } };
    },
  });

  routes.add(projectRoutes.createProject, {
    action: 'install',
    handle: async ({ body, execute }) => answerWrite(changeLog, await execute(createProject(body)), 'project'),
  });

  routes.add(projectRoutes.getProject, {
    action: 'read',
    handle: ({ params }) => answerDocument(found(findProject(state, params.project))),
  });

  routes.add(projectRoutes.updateProject, {
    action: 'manage',
    handle: async ({ params, body, execute }) =>
      answerWrite(changeLog, await execute(updateProject(params.project, body)), 'project'),
  });

  routes.add(projectRoutes.listEnvironments, {
    action: 'read',
    handle({ params, query, credential }) {
      found(findProject(state, params.project));
      const readable = [...state.environments(params.project)].filter(({ body }) =>
        can(credential, 'read', params.project, body.key),
      );
      const { items, next } = pageOf(readable, ({ body }) => body.key, query);
      const present = (document: (typeof items)[number]) => ({
        ...presentDocument(document),
        ruleset: rulesetOf(params.project, document.body.key),
      });
      return { json: { items: items.map(present), next } };
    },
  });

  routes.add(projectRoutes.createEnvironment, {
    action: 'manage',
    handle: async ({ params, body, execute }) =>
      answerWrite(changeLog, await execute(createEnvironment(params.project, body)), 'environment'),
  });

  routes.add(projectRoutes.getEnvironment, {
    action: 'read',
    handle({ params: { project, environment } }) {
      const document = found(findEnvironment(state, project, environment));
      return answerDocument(document, { ruleset: rulesetOf(project, environment) });
    },
  });

  routes.add(projectRoutes.updateEnvironment, {
    action: 'manage',
    handle: async ({ params: { project, environment }, body, execute }) =>
      answerWrite(changeLog, await execute(updateEnvironment(project, environment, body)), 'environment'),
  });
}
