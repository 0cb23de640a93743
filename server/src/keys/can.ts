import type { Credential } from './authenticate.ts';

/**
 * What somebody may be about to do. `read` and `write` are about flags, segments, rules; `operate` turns what is there
 * up and down (toggle, rollout, restore, dials); `kill` is apart so that it can be allowed alone; `manage` makes and
 * changes projects and environments and their keys; `install` is about all projects at once.
 */
export type Action = 'read' | 'operate' | 'write' | 'kill' | 'manage' | 'install';

/** What each role may do, where its token reaches. A break-glass token lies in a drawer: it kills, and nothing else. */
const MAY = {
  viewer: ['read'],
  operator: ['read', 'operate', 'kill'],
  editor: ['read', 'operate', 'write', 'kill'],
  admin: ['read', 'operate', 'write', 'kill', 'manage', 'install'],
  'break-glass': ['kill'],
} as const satisfies Readonly<Record<string, readonly Action[]>>;

export type Role = keyof typeof MAY;

export const ROLES = Object.keys(MAY) as [Role, ...Role[]];

/**
 * Whether an actor may do something: the one place that says so.
 *
 * @param project `null`: something of the whole installation
 * @param environment `null`: something that all environments of the project share
 */
export function can(actor: Credential, action: Action, project: string | null, environment: string | null): boolean {
  if (actor.kind !== 'admin') return false;
  if (!(MAY[actor.role] as readonly Action[]).includes(action)) return false;
  if (actor.project !== null && actor.project !== project) return false;
  if (actor.environment === null || actor.environment === environment) return true;
  // Who may see one environment must see the flags and segments that it is made of, but cannot change them for others.
  return action === 'read' && environment === null;
}
