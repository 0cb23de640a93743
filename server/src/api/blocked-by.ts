import type { TargetingBody } from '@dimmer/contract';
import type { State } from '../state/state.ts';
import { asOneVariation } from './one-variation.ts';

/**
 * The first prerequisite of a flag that nobody at all meets as things stand; `null`: none is known to be so.
 * Then everybody gets the flag's off variation, whatever its own rules say.
 */
export function blockedBy(
  state: State,
  project: string,
  environment: string,
  { on, prerequisites }: Pick<TargetingBody, 'on' | 'prerequisites'>,
): string | null {
  if (!on) return null;
  const unmet = prerequisites.find(({ flag, variations }) => {
    const served = servedToAll(state, project, environment, flag);
    return served === GONE || (served !== SEVERAL && !variations.includes(served));
  });
  return unmet?.flag ?? null;
}

/** In no ruleset here, or off: whatever is off meets nothing. */
const GONE = Symbol('gone');
/** Or nobody can say without asking who it is. */
const SEVERAL = Symbol('several');
type Served = string | typeof GONE | typeof SEVERAL;

/** The one variation of a flag that everybody gets. Prerequisites make no circle, and their chains are short. */
function servedToAll(state: State, project: string, environment: string, key: string): Served {
  const body = state.targeting(project, key, environment)?.body;
  const isThere = state.flag(project, key)?.body.archived === false;
  if (!body?.on || !isThere || body.absent) return GONE;
  if (blockedBy(state, project, environment, body) !== null) return body.off;
  return asOneVariation(body) ?? SEVERAL;
}
