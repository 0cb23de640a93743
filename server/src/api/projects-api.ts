import {
  createEnvironmentInput,
  createProjectInput,
  documentAnswer,
  environmentBody,
  inEnvironment,
  inProject,
  listAnswer,
  pageQuery,
  projectBody,
  updateEnvironmentInput,
  updateProjectInput,
  writeAnswer,
} from '@dimmer/contract';
import { MOST_RULESET_BYTES } from '@dimmer/core';
import { z } from '@hono/zod-openapi';
import { createEnvironment, updateEnvironment } from '../commands/environments.ts';
import { findEnvironment, findProject } from '../commands/find.ts';
import { createProject, updateProject } from '../commands/projects.ts';
import { can } from '../keys/can.ts';
import { rulesetIds } from '../state/moment.ts';
import type { AdminRoutes } from './admin-route.ts';
import type { AdminServices } from './admin-services.ts';
import { found } from './found.ts';
import { pageOf } from './page-of.ts';
import { answerDocument, answerWrite, presentDocument } from './present.ts';

const projectAnswer = documentAnswer('Project', projectBody.shape);
const environmentAnswer = documentAnswer('Environment', {
  ...environmentBody.shape,
  ruleset: z
    .object({
      id: z.string().openapi({ description: 'As servers report it.', example: '105.ab12cd34ef56' }),
      browserId: z.string().openapi({ description: 'As browsers report it.' }),
      at: z.number().int().openapi({ description: 'When it was made, milliseconds since 1970.' }),
      bytes: z.number().int().openapi({ description: 'Size of what servers get. What browsers get is a part of it.' }),
      limitBytes: z.number().int().openapi({ description: 'What makes it larger than this is refused.' }),
    })
    .optional()
    .openapi({ description: 'What SDKs get.' }),
});

/** Projects and their environments. */
export function addProjects(routes: AdminRoutes, { changeLog }: AdminServices): void {
  const { state, weights } = changeLog;
  const tag = 'Projects and environments';

  /** What SDKs get of an environment: by which ids they know it, and how large it is. */
  function rulesetOf(project: string, environment: string) {
    const moment = state.moment(project, environment);
    const { server: id, browser: browserId } = rulesetIds(moment, project, environment);
    const bytes = weights.total(project, environment);
    return { id, browserId, at: moment.at, bytes, limitBytes: MOST_RULESET_BYTES };
  }

  routes.add({
    ...{ method: 'get', path: '/projects', tag, action: 'handler decides', summary: 'Projects you may read' },
    ...{ query: pageQuery, answer: listAnswer(projectAnswer) },
    handle({ query, credential }) {
      const readable = [...state.projects()].filter(({ body }) => can(credential, 'read', body.key, null));
      const { items, next } = pageOf(readable, ({ body }) => body.key, query);
      return { json: { items: items.map(presentDocument), next } };
    },
  });

  routes.add({
    ...{ method: 'post', path: '/projects', tag, action: 'install', summary: 'Create a project' },
    ...{ body: createProjectInput, answer: writeAnswer(projectAnswer), status: 201 },
    handle: async ({ body, execute }) => answerWrite(changeLog, await execute(createProject(body))),
  });

  routes.add({
    ...{ method: 'get', path: '/projects/{project}', tag, action: 'read', summary: 'One project' },
    ...{ params: inProject, answer: projectAnswer },
    handle: ({ params }) => answerDocument(found(findProject(state, params.project))),
  });

  routes.add({
    ...{ method: 'patch', path: '/projects/{project}', tag, action: 'manage', summary: 'Rename or describe a project' },
    ...{ params: inProject, body: updateProjectInput, answer: writeAnswer(projectAnswer) },
    handle: async ({ params, body, execute }) =>
      answerWrite(changeLog, await execute(updateProject(params.project, body))),
  });

  routes.add({
    ...{ method: 'get', path: '/projects/{project}/environments', tag, action: 'read' },
    ...{ summary: 'The environments of a project', params: inProject, query: pageQuery },
    answer: listAnswer(environmentAnswer),
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

  routes.add({
    ...{ method: 'post', path: '/projects/{project}/environments', tag, action: 'manage' },
    ...{ summary: 'Create an environment, with every flag off', params: inProject, body: createEnvironmentInput },
    ...{ answer: writeAnswer(environmentAnswer), status: 201 },
    handle: async ({ params, body, execute }) =>
      answerWrite(changeLog, await execute(createEnvironment(params.project, body))),
  });

  routes.add({
    ...{ method: 'get', path: '/projects/{project}/environments/{environment}', tag, action: 'read' },
    ...{ summary: 'One environment, with the id of its ruleset', params: inEnvironment, answer: environmentAnswer },
    handle({ params: { project, environment } }) {
      const document = found(findEnvironment(state, project, environment));
      return answerDocument(document, { ruleset: rulesetOf(project, environment) });
    },
  });

  routes.add({
    ...{ method: 'patch', path: '/projects/{project}/environments/{environment}', tag, action: 'manage' },
    ...{ summary: 'Rename, describe, protect an environment', params: inEnvironment, body: updateEnvironmentInput },
    answer: writeAnswer(environmentAnswer),
    handle: async ({ params, body, execute }) =>
      answerWrite(changeLog, await execute(updateEnvironment(params.project, params.environment, body))),
  });
}
