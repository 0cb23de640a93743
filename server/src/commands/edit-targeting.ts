import { place } from '../documents/document.ts';
import type { TargetingBody } from '../documents/targeting.ts';
import { accept, type Command, type Facts } from './command.ts';
import { type FoundTargeting, findTargeting, type TargetingName } from './find.ts';
import type { Refused, Warning } from './refusal.ts';

type Edit = (found: FoundTargeting, facts: Facts) => TargetingBody | Refused;

/**
 * A command that turns one targeting into another. Refuses what every such command refuses: `PROJECT_NOT_FOUND`,
 * `ENVIRONMENT_NOT_FOUND`, `FLAG_NOT_FOUND`, `FLAG_ARCHIVED`; what comes out is checked by `checkDrafts`.
 */
export function editTargeting(
  name: string,
  where: TargetingName,
  edit: Edit,
  options: Pick<Command, 'precondition' | 'needsReason' | 'neverWaits'> = {},
): Command {
  const { project, flag, environment } = where;
  const about = place.targeting(project, flag, environment);
  return {
    ...{ name, project, environment, subject: flag, about, ...options },
    decide(state, facts) {
      const found = findTargeting(state, where);
      if ('refusal' in found) return found;
      const body = edit(found, facts);
      if ('refusal' in body) return body;
      return accept([{ ...about, body }], warningsAbout(flag, body));
    },
  };
}

function warningsAbout(flag: string, body: TargetingBody): Warning[] {
  if (body.on) return [];
  const why = body.killed ? 'has been killed' : 'is off';
  return [{ code: 'FLAG_OFF', message: `"${flag}" ${why} here: everybody gets its off variation "${body.off}".` }];
}
