import { type createEnvironmentInput, type Immutable, LIMITS, type updateEnvironmentInput } from '@dimmer/contract';
import type { z } from 'zod';
import { type Draft, place } from '../documents/document.ts';
import { approvalProblem, wantsApproval } from './approvers.ts';
import { accept, type Command } from './command.ts';
import { findEnvironment, findProject } from './find.ts';
import { initialTargeting } from './initial-targeting.ts';
import { refuse } from './refusal.ts';

const NO_PROBLEM = { warnings: [] } as const;

/**
 * Makes an environment in which every flag of the project is off. Refuses: `ENVIRONMENT_EXISTS`, `LIMIT_EXCEEDED`,
 * `APPROVER_MISSING`.
 */
export function createEnvironment(project: string, input: Immutable<z.infer<typeof createEnvironmentInput>>): Command {
  const about = place.environment(project, input.key);
  return {
    name: 'environment.create',
    project,
    environment: input.key,
    subject: input.key,
    about,
    decide(state, facts) {
      const owner = findProject(state, project);
      if ('refusal' in owner) return owner;
      if (state.environment(project, input.key)) {
        const message = `Project "${project}" already has an environment "${input.key}".`;
        return refuse('ENVIRONMENT_EXISTS', message, { fix: 'Choose another key.' });
      }
      if ([...state.environments(project)].length >= LIMITS.environmentsPerProject) {
        const message = `Project "${project}" has ${LIMITS.environmentsPerProject} environments, and that is the limit.`;
        return refuse('LIMIT_EXCEEDED', message);
      }
      const { key, name = key, description = '', protected: isProtected = false, approvals } = input;
      const wanted = approvals === 1 ? approvalProblem(state, { project, environment: key }, facts) : NO_PROBLEM;
      if ('refusal' in wanted) return wanted;
      const drafts: Draft[] = [
        {
          ...about,
          body: { key, name, description, protected: isProtected, ...(approvals !== undefined && { approvals }) },
        },
      ];
      for (const { body } of state.flags(project)) {
        drafts.push({ ...place.targeting(project, body.key, key), body: initialTargeting(body) });
      }
      return accept(drafts, wanted.warnings);
    },
  };
}

/** Changes an environment's name, description or protection. Refuses: `ENVIRONMENT_NOT_FOUND`, `APPROVER_MISSING`. */
export function updateEnvironment(
  project: string,
  environment: string,
  input: Immutable<z.infer<typeof updateEnvironmentInput>>,
): Command {
  const about = place.environment(project, environment);
  return {
    name: 'environment.update',
    project,
    environment,
    subject: environment,
    about,
    decide(state, facts) {
      const found = findEnvironment(state, project, environment);
      if ('refusal' in found) return found;
      const isNew = input.approvals === 1 && !wantsApproval(found.body);
      const wanted = isNew ? approvalProblem(state, { project, environment }, facts) : NO_PROBLEM;
      if ('refusal' in wanted) return wanted;
      return accept([{ ...about, body: { ...found.body, ...input } }], wanted.warnings);
    },
  };
}
