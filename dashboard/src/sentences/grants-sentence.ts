import type { Grant, Role } from '../api/me.ts';
import { shownText } from './shown-text.ts';

const MEANINGS: Readonly<Record<Role, string>> = {
  viewer: 'sees everything, changes nothing',
  operator: 'also kills, restores, switches and ramps what is there',
  editor: 'also changes flags, rules and segments',
  admin: 'also manages environments, keys and people',
  'break-glass': 'kills, and does nothing else',
};

export const ROLES = Object.keys(MEANINGS) as readonly Role[];

/** What a role may do, for the person who gives it. */
export function roleMeaning(role: Role): string {
  // A newer server may know more of them.
  return MEANINGS[role] ?? '';
}

/** What somebody may do, in words: `editor in shop, viewer in all projects`. */
export function grantsSentence(grants: readonly Grant[]): string {
  return grants.length === 0 ? 'nothing yet' : grants.map(grantSentence).join(', ');
}

/** E.g. `operator in shop production`, `admin in all projects`. */
export function grantSentence({ role, project, environment }: Grant): string {
  if (project === null) return `${role} in all projects`;
  return `${role} in ${shownText(project)}${environment === null ? '' : ` (${shownText(environment)} only)`}`;
}
