import { listAnswer } from '../answers/list.ts';
import { environment, environmentNow, project } from '../answers/project.ts';
import { writeAnswer } from '../answers/write.ts';
import { createEnvironmentInput, updateEnvironmentInput } from '../inputs/environments.ts';
import { createProjectInput, updateProjectInput } from '../inputs/projects.ts';
import { inEnvironment, inProject, pageQuery } from '../path-params.ts';
import { route } from '../route.ts';

const tag = 'Projects and environments';

export const projectRoutes = {
  listProjects: route({
    method: 'get',
    path: '/projects',
    tag,
    summary: 'Projects you may read',
    query: pageQuery,
    answer: listAnswer(project),
  }),
  createProject: route({
    method: 'post',
    path: '/projects',
    tag,
    summary: 'Create a project',
    body: createProjectInput,
    answer: writeAnswer(project),
    status: 201,
  }),
  getProject: route({
    method: 'get',
    path: '/projects/{project}',
    tag,
    summary: 'One project',
    params: inProject,
    answer: project,
  }),
  updateProject: route({
    method: 'patch',
    path: '/projects/{project}',
    tag,
    summary: 'Rename or describe a project',
    params: inProject,
    body: updateProjectInput,
    answer: writeAnswer(project),
  }),
  listEnvironments: route({
    method: 'get',
    path: '/projects/{project}/environments',
    tag,
    summary: 'The environments of a project',
    params: inProject,
    query: pageQuery,
    answer: listAnswer(environmentNow),
  }),
  createEnvironment: route({
    method: 'post',
    path: '/projects/{project}/environments',
    tag,
    summary: 'Create an environment, with every flag off',
    params: inProject,
    body: createEnvironmentInput,
    answer: writeAnswer(environment),
    status: 201,
  }),
  getEnvironment: route({
    method: 'get',
    path: '/projects/{project}/environments/{environment}',
    tag,
    summary: 'One environment, with the id of its ruleset',
    params: inEnvironment,
    answer: environmentNow,
  }),
  updateEnvironment: route({
    method: 'patch',
    path: '/projects/{project}/environments/{environment}',
    tag,
    summary: 'Rename, describe, protect an environment',
    params: inEnvironment,
    body: updateEnvironmentInput,
    answer: writeAnswer(environment),
  }),
} as const;
