import { ROLES, type Role } from '@dimmer/contract';

/**
 * What somebody may be about to do. `read` and `write` are about flags, segments, rules; `operate` turns what is there
 * up and down (toggle, rollout, restore, dials); `kill` is apart so that it can be allowed alone; `manage` makes and
 * changes projects and environments and their keys; `install` is about all projects at once.
 * Why: decision 0018, decision 0097.
 */
export type Action = 'read' | 'operate' | 'write' | 'kill' | 'manage' | 'install';

/** What each role may do, where its token reaches. A break-glass token lies in a drawer: it kills, and nothing else. */
const MAY = {
  viewer: ['read'],
  operator: ['read', 'operate', 'kill'],
  editor: ['read', 'operate', 'write', 'kill'],
  admin: ['read', 'operate', 'write', 'kill', 'manage', 'install'],
  'break-glass': ['kill'],
} as const satisfies Readonly<Record<Role, readonly Action[]>>;

/** A role, and how far it reaches. */
export interface Grant {
  readonly role: Role;
  /** `null`: every project. */
  readonly project: string | null;
  /** `null`: every environment. */
  readonly environment: string | null;
}

/** A role of a newer server, unknown here, may only look. */
export function knownRole(role: string): Role {
  return ROLES.find((known) => known === role) ?? 'viewer';
}

/** Roles as they are stored, as this server understands them. */
export function knownGrants({
  grants,
}: {
  readonly grants: readonly (Omit<Grant, 'role'> & { readonly role: string })[];
}): Grant[] {
  return grants.map(({ role, project, environment }) => ({ role: knownRole(role), project, environment }));
}

/** What is left of a grant for somebody who acts for another: the weaker role, in the narrower place. */
export function within({ role, project, environment }: Grant, bounds: readonly Grant[]): Grant[] {
  return bounds.flatMap((bound) => {
    const both = (MAY[role] as readonly Action[]).filter((action) =>
      (MAY[bound.role] as readonly Action[]).includes(action),
    );
    const left = ROLES.find(
      (each) => MAY[each].length === both.length && both.every((action, index) => MAY[each][index] === action),
    );
    const apart = (one: string | null, other: string | null) => one !== null && other !== null && one !== other;
    if (left === undefined || apart(project, bound.project) || apart(environment, bound.environment)) return [];
    return [{ role: left, project: project ?? bound.project, environment: environment ?? bound.environment }];
  });
}

/**
 * Whether an actor may do something: the one place that says so.
 *
 * @param project `null`: something of the whole installation
 * @param environment `null`: something that all environments of the project share
 */
export function can(
  actor: { readonly grants: readonly Grant[] },
  action: Action,
  project: string | null,
  environment: string | null,
): boolean {
  return actor.grants.some((grant) => allows(grant, action, project, environment));
}

function allows(grant: Grant, action: Action, project: string | null, environment: string | null): boolean {
  if (!(MAY[grant.role] as readonly Action[]).includes(action)) return false;
  if (grant.project !== null && grant.project !== project) return false;
  if (grant.environment === null || grant.environment === environment) return true;
  // Who may see one environment must see the flags and segments that it is made of, but cannot change them for others.
  return action === 'read' && environment === null;
}

/**
 * Whether an actor may hand a role out: nobody gives what they do not have. Whatever the role allows, there, must be
 * allowed to the actor, and `manage` besides.
 */
export function mayGrant(actor: { readonly grants: readonly Grant[] }, { role, project, environment }: Grant): boolean {
  return ['manage' as const, ...MAY[role]].every(
    // `install` is about all projects at once; an admin of one project has no use of it, and does not lack it.
    (action) => (action === 'install' && project !== null) || can(actor, action, project, environment),
  );
}

/**
 * Whether an actor may act for somebody with these roles: make them a password, lock them out. That is to have all that
 * they have. Who has nothing yet may be given anything tomorrow, so only an admin of everything has as much.
 */
export function mayActFor(actor: { readonly grants: readonly Grant[] }, grants: readonly Grant[]): boolean {
  return grants.length > 0 ? grants.every((grant) => mayGrant(actor, grant)) : can(actor, 'install', null, null);
}

/** Whether an actor may read everything of a project, not merely one environment of it. */
export function readsWhole(actor: { readonly grants: readonly Grant[] }, project: string | null): boolean {
  return actor.grants.some((grant) => grant.environment === null && allows(grant, 'read', project, null));
}
