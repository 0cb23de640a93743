import type { Credential } from '../access/authenticate.ts';
import { type Action, can, type Grant } from '../access/can.ts';
import { ApiError } from '../http/api-error.ts';

/** @throws ApiError `FORBIDDEN`, whether or not what is asked about exists */
export function allow(
  credential: Credential,
  action: Action,
  project: string | null,
  environment: string | null,
): void {
  if (can(credential, action, project, environment)) return;
  const where = [project ?? 'all projects', environment].filter((part) => part !== null).join(', ');
  const isPerson = credential.kind === 'person';
  const message = `${isPerson ? 'You' : 'This token'} may not do that (${action}) in ${where}.`;
  const has = credential.grants.map(inWords).join('; ') || 'no role anywhere';
  throw new ApiError('FORBIDDEN', message, {
    fix: isPerson ? `You have: ${has}. Ask an administrator for more.` : `It has: ${has}. Use another.`,
  });
}

/** E.g. `operator in shop, production`. */
function inWords({ role, project, environment }: Grant): string {
  return `${role} in ${project ?? 'all projects'}${environment === null ? '' : `, ${environment}`}`;
}
