import type { Credential } from './authenticate.ts';

/**
 * What somebody may be about to do. `read` and `write` are about flags, segments, targetings and environments; `kill`
 * is apart so that it can be allowed alone; `keys` makes and ends keys; `install` is about all projects at once.
 */
export type Action = 'read' | 'write' | 'kill' | 'keys' | 'install';

/**
 * Whether an actor may do something: the one place that says so.
 *
 * @param project `null`: something of the whole installation
 * @param environment `null`: something that all environments of the project share
 */
export function can(actor: Credential, action: Action, project: string | null, environment: string | null): boolean {
  if (actor.kind !== 'admin') return false;
  if (actor.project !== null && actor.project !== project) return false;
  if (actor.environment === null || actor.environment === environment) return true;
  // Who may see one environment must see the flags and segments that it is made of, but cannot change them for others.
  return action === 'read' && environment === null;
}
