import { type createProjectInput, type Immutable, LIMITS, type updateProjectInput } from '@dimmer/contract';
import type { z } from 'zod';
import { place } from '../documents/document.ts';
import { accept, type Command } from './command.ts';
import { findProject } from './find.ts';
import { refuse } from './refusal.ts';

/** Makes an empty project, without environments. Refuses: `PROJECT_EXISTS`, `LIMIT_EXCEEDED`. */
export function createProject(input: Immutable<z.infer<typeof createProjectInput>>): Command {
  const about = place.project(input.key);
  return {
    name: 'project.create',
    project: input.key,
    environment: null,
    subject: input.key,
    about,
    decide(state) {
      if (state.project(input.key)) {
        return refuse('PROJECT_EXISTS', `There already is a project "${input.key}".`, { fix: 'Choose another key.' });
      }
      if ([...state.projects()].length >= LIMITS.projects) {
        return refuse('LIMIT_EXCEEDED', `There are ${LIMITS.projects} projects already, and that is the limit.`);
      }
      const { key, name = key, description = '' } = input;
      return accept([{ ...about, body: { key, name, description } }]);
    },
  };
}

/** Changes a project's name or description. Refuses: `PROJECT_NOT_FOUND`. */
export function updateProject(project: string, input: Immutable<z.infer<typeof updateProjectInput>>): Command {
  const about = place.project(project);
  return {
    name: 'project.update',
    project,
    environment: null,
    subject: project,
    about,
    decide(state) {
      const found = findProject(state, project);
      if ('refusal' in found) return found;
      return accept([{ ...about, body: { ...found.body, ...input } }]);
    },
  };
}
