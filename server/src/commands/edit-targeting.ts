import { place } from '../documents/document.ts';
import type { TargetingBody } from '../documents/targeting.ts';
import type { State } from '../state/state.ts';
import { accept, type Command, type Facts } from './command.ts';
import { type FoundTargeting, findTargeting, type TargetingName } from './find.ts';
import type { Refused, Warning } from './refusal.ts';

type Edit = (found: FoundTargeting, facts: Facts) => TargetingBody | Refused;
/** Why a change of this targeting needs no second person; `null`: it needs one where that is so. */
type Alone = (found: FoundTargeting, facts: Facts, state: State) => string | null;

/**
 * A command that turns one targeting into another. Refuses what every such command refuses: `PROJECT_NOT_FOUND`,
 * `ENVIRONMENT_NOT_FOUND`, `FLAG_NOT_FOUND`, `FLAG_ARCHIVED`; what comes out is checked by `checkDrafts`.
 */
export function editTargeting(
  name: string,
  where: TargetingName,
  edit: Edit,
  { alone, ...options }: Pick<Command, 'precondition' | 'needsReason' | 'neverWaits'> & { readonly alone?: Alone } = {},
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
      const why = alone?.(found, facts, state) ?? null;
      return { ...accept([{ ...about, body }], warningsAbout(flag, body)), ...(why !== null && { alone: why }) };
    },
  };
}

function warningsAbout(flag: string, body: TargetingBody): Warning[] {
  if (body.on) return [];
  const why = body.killed ? 'has been killed' : 'is off';
  return [{ code: 'FLAG_OFF', message: `"${flag}" ${why} here: everybody gets its off variation "${body.off}".` }];
}
