import type { StoredRule } from '@dimmer/contract';
import type { Documents } from '../../state/documents.ts';

/** Who would be left without something that is taken away. */
export interface User {
  readonly flag: string;
  readonly environment: string;
}

/** Flags in use that have `flag` as a prerequisite; with `variation`: that one of its variations. */
export function usersOfFlag(state: Documents, project: string, flag: string, variation?: string): User[] {
  return usersWhere(state, project, ({ prerequisites }) =>
    prerequisites.some(
      (each) => each.flag === flag && (variation === undefined || each.variations.includes(variation)),
    ),
  );
}

/** Flags in use with a rule on a segment. */
export function usersOfSegment(state: Documents, project: string, segment: string): User[] {
  return usersWhere(state, project, ({ rules }) => rules.some((rule) => isOnSegment(rule, segment)));
}

function isOnSegment(rule: StoredRule, segment: string): boolean {
  return rule.when.some((condition) => condition.operator === 'inSegment' && condition.values.includes(segment));
}

type Targeting = NonNullable<ReturnType<Documents['targeting']>>['body'];

function usersWhere(state: Documents, project: string, uses: (targeting: Targeting) => boolean): User[] {
  const users: User[] = [];
  const environments = [...state.environments(project)].map((environment) => environment.body.key);
  for (const { body } of state.flags(project)) {
    if (body.archived) continue;
    for (const environment of environments) {
      const targeting = state.targeting(project, body.key, environment);
      if (targeting && uses(targeting.body)) users.push({ flag: body.key, environment });
    }
  }
  return users;
}

/** E.g. `checkout in production, cart in staging and 3 more`. */
export function listUsers(users: readonly User[]): string {
  const shown = users.slice(0, 5).map((user) => `${user.flag} in ${user.environment}`);
  const more = users.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
