import type { Targeting } from '../../api/targeting.ts';
import { bodyOf, type TargetingBody } from '../../api/targeting-body.ts';
import { KeptDrafts } from '../../drafts/kept-drafts.ts';
import { isSame } from '../../history/field-difference.ts';

/** Unsaved edits, and the version that they began from. */
export interface Draft {
  readonly base: Targeting;
  readonly body: TargetingBody;
}

/** Unsaved edits, by environment of a flag. */
const drafts = new KeptDrafts<Draft>(
  'dimmer.draft.',
  ({ base, body }) => typeof base?.version === 'number' && Array.isArray(body?.rules),
);

export function draftName({ project, flag, environment }: Pick<Targeting, 'project' | 'flag' | 'environment'>): string {
  return `${project}/${flag}/${environment}`;
}

export function draftAt(name: string): Draft | null {
  return drafts.at(name);
}

/** Keeps it; one that says nothing new is forgotten. */
export function keepDraft(name: string, draft: Draft | null): void {
  drafts.keep(name, draft && !isSame(draft.body, bodyOf(draft.base)) ? draft : null);
}

export const onDrafts = drafts.subscribe;

/** Environments of a flag that have unsaved edits. */
export function draftsOf(project: string, flag: string, environments: readonly string[]): readonly string[] {
  return environments.filter((environment) => draftAt(draftName({ project, flag, environment })) !== null);
}
