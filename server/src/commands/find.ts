import type { Refusal } from '@dimmer/contract';
import { inOrderOfUse } from '@dimmer/core/environment-order';
import { nearestKey } from '@dimmer/core/nearest-key';
import type { Live } from '../documents/document.ts';
import type { Documents } from '../state/documents.ts';
import { type Refused, refuse } from './refusal.ts';

/** A flag's targeting, named. */
export interface TargetingName {
  readonly project: string;
  readonly flag: string;
  readonly environment: string;
}

/** What `findTargeting` finds. */
export interface FoundTargeting {
  readonly environment: Live<'environment'>;
  readonly flag: Live<'flag'>;
  readonly targeting: Live<'targeting'>;
}

export function findProject(state: Documents, project: string): Live<'project'> | Refused {
  return (
    state.project(project) ??
    refuse('PROJECT_NOT_FOUND', `There is no project "${project}".`, {
      fix: 'List the projects: GET /api/v1/projects.',
    })
  );
}

export function findEnvironment(state: Documents, project: string, environment: string): Live<'environment'> | Refused {
  const found = state.environment(project, environment);
  if (found) return found;
  const owner = findProject(state, project);
  if ('refusal' in owner) return owner;
  const names = inOrderOfUse(state.environments(project), ({ body }) => body.key).map(({ body }) => body.key);
  const fix = names.length
    ? `It has: ${names.join(', ')}.`
    : `Create one: POST /api/v1/projects/${project}/environments.`;
  const message = `Project "${project}" has no environment "${environment}".`;
  return refuse('ENVIRONMENT_NOT_FOUND', message, orNearest(environment, names, fix));
}

export function findFlag(state: Documents, project: string, flag: string): Live<'flag'> | Refused {
  const found = state.flag(project, flag);
  if (found) return found;
  const owner = findProject(state, project);
  if ('refusal' in owner) return owner;
  const keys = [...state.flags(project)].filter(({ body }) => !body.archived).map(({ body }) => body.key);
  const fix = `Create it (POST /api/v1/projects/${project}/flags), or look for the right key there with GET.`;
  return refuse('FLAG_NOT_FOUND', `Project "${project}" has no flag "${flag}".`, orNearest(flag, keys, fix));
}

/** A flag that may be changed. */
export function findActiveFlag(state: Documents, project: string, flag: string): Live<'flag'> | Refused {
  const found = findFlag(state, project, flag);
  if ('refusal' in found || !found.body.archived) return found;
  return refuse('FLAG_ARCHIVED', `Flag "${flag}" is archived; no SDK receives it, and it cannot be changed.`, {
    fix: `Unarchive it first: POST /api/v1/projects/${project}/flags/${flag}/unarchive.`,
  });
}

export function findTargeting(state: Documents, name: TargetingName): FoundTargeting | Refused {
  const environment = findEnvironment(state, name.project, name.environment);
  if ('refusal' in environment) return environment;
  const flag = findActiveFlag(state, name.project, name.flag);
  if ('refusal' in flag) return flag;
  const targeting = state.targeting(name.project, name.flag, name.environment);
  // Both are written together with the flag and with the environment, so this would be a defect of ours.
  if (!targeting) throw new Error(`Flag ${name.flag} has no targeting in ${name.project}/${name.environment}.`);
  return { environment, flag, targeting };
}

export function findSegment(state: Documents, project: string, segment: string): Live<'segment'> | Refused {
  const found = state.segment(project, segment);
  if (found) return found;
  const owner = findProject(state, project);
  if ('refusal' in owner) return owner;
  const keys = [...state.segments(project)].filter(({ body }) => !body.archived).map(({ body }) => body.key);
  const fix = `Create it (POST /api/v1/projects/${project}/segments), or look for the right key there with GET.`;
  return refuse(
    'SEGMENT_NOT_FOUND',
    `Project "${project}" has no segment "${segment}".`,
    orNearest(segment, keys, fix),
  );
}

/** The fix if a key may have been misspelt. Programs find the nearest one in the details. */
function orNearest(key: string, keys: readonly string[], fix: string): Pick<Refusal, 'fix' | 'details'> {
  const nearest = nearestKey(key, keys);
  return nearest === undefined ? { fix } : { fix: `Did you mean "${nearest}"? ${fix}`, details: { nearest } };
}
