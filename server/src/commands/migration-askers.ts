import type { Draft } from '../documents/document.ts';
import { subjectOf } from '../documents/document.ts';
import type { Documents } from '../state/documents.ts';
import { type Refused, refuse } from './refusal.ts';

// Why: decision 0170.
/** Somebody who asks for a migration; what may not be seen of them is `null`. */
export interface ShownAsker {
  readonly environment: string | null;
  readonly instance: string | null;
  readonly application: string | null;
  readonly at: number;
}

/** Who asks for which migration. */
export type AskersByFlag = ReadonlyMap<string, readonly ShownAsker[]>;

/** As many are named in a sentence, and listed in the details. */
const NAMED = 5;
const LISTED = 50;

/**
 * Refuses to take a migration away that is asked for: what is left of its stage is in the processes that know it, and one
 * that starts on another machine would go by the default in its code.
 *
 * @param drafts of flags
 */
export function refuseAsked(state: Documents, drafts: readonly Draft[], askers: AskersByFlag): Refused | null {
  for (const draft of drafts) {
    if (draft.kind !== 'flag' || draft.project === null) continue;
    const key = subjectOf(draft);
    const was = state.flag(draft.project, key)?.body;
    const goes = draft.body === null || draft.body.archived;
    const asking = askers.get(key) ?? [];
    if (was?.type !== 'migration' || was.archived || !goes || asking.length === 0) continue;
    return refuse('MIGRATION_IN_USE', `"${key}" is still asked for by ${listAskers(asking)}.`, {
      fix: 'Take the migration out of the code, and deploy that. If it shall go all the same, send "force": true, with a reason.',
      details: { count: asking.length, askers: asking.slice(0, LISTED) },
    });
  }
  return null;
}

/** E.g. `web-1 (shop@1.2) in production, web-2 (shop@1.2) in production and 3 more`. */
function listAskers(askers: readonly ShownAsker[]): string {
  const named = askers.filter(({ environment }) => environment !== null);
  const shown = named.slice(0, NAMED).map(({ instance, application, environment }) => {
    const name = instance ?? 'an instance without a name';
    return `${name}${application === null ? '' : ` (${application})`} in ${environment}`;
  });
  const more = askers.length - shown.length;
  if (shown.length === 0)
    return `${more} ${more === 1 ? 'instance' : 'instances'} of environments that you may not see`;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}
