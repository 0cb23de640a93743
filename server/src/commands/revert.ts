import type { TargetingBody } from '@dimmer/contract';
import type { Change } from '../changes/change.ts';
import { canonicalJson } from '../documents/canonical-json.ts';
import { type Document, type Draft, type Place, place, subjectOf } from '../documents/document.ts';
import type { Documents } from '../state/documents.ts';
import { wantsApproval } from './approvers.ts';
import { accept, type Command } from './command.ts';
import { initialTargeting } from './initial-targeting.ts';
import { type AskersByFlag, refuseAsked } from './migration-askers.ts';
import { type Refused, refuse } from './refusal.ts';
import { refuseKilled } from './switches.ts';

// Why: decision 0015.
type Killed = NonNullable<TargetingBody['killed']>;

/** What can be undone. A revoked key must stay revoked, and a project or environment is more than one document. */
const REVERTIBLE = new Set(['flag', 'targeting', 'segment']);

/** Written by the way, and left as it is: a change request has been applied, also if that is undone later. */
const PASSED_OVER = 'change-request';

/**
 * Writes every document of a change back as it was before, as a new change. Refuses: `REVERT_NOT_POSSIBLE` for changes
 * of projects, environments and keys; `REVERT_CONFLICT` if a document has moved on since, unless `force`, which undoes
 * the later changes of it as well; `MIGRATION_IN_USE` if it would take away what instances ask for, unless `force`;
 * `FLAG_KILLED` if it would undo a kill besides; and whatever the checks say about the
 * outcome.
 *
 * @param before each written document as it stood right before the change
 */
export function revertChange(
  change: Change,
  before: readonly Document[],
  options: { readonly force: boolean; readonly askers?: AskersByFlag },
): Command {
  const { project, environment, subject, revision } = change;
  const { force, askers = new Map() } = options;
  return {
    name: 'change.revert',
    project,
    environment,
    subject,
    about: aboutOf(change),
    // Taking away what instances ask for needs a reason.
    needsReason: force && askers.size > 0,
    decide(state) {
      const writes = change.writes.filter((write) => write.kind !== PASSED_OVER);
      const stuck = writes.find((write) => !REVERTIBLE.has(write.kind));
      if (stuck || writes.length === 0) {
        const message = `Change ${revision} (${change.command}) wrote what cannot be reverted: ${stuck?.kind ?? PASSED_OVER}.`;
        return refuse('REVERT_NOT_POSSIBLE', message, {
          fix: 'Only changes of flags, targetings and segments can be.',
        });
      }
      const moved = writes.filter((write) => state.document(write)?.revision !== revision);
      if (moved.length > 0 && !options.force) {
        return refuseMoved(
          revision,
          moved.map((write) => ({ kind: write.kind, id: write.id, revision: state.document(write)?.revision })),
        );
      }
      const drafts = writes.map((write): Draft => {
        const was = before.find((each) => each.kind === write.kind && each.id === write.id);
        return { ...placeOf(write), body: was?.body ?? null } as Draft;
      });
      const asked = force ? null : refuseAsked(state, drafts, askers);
      return asked ?? stillKilled(change, drafts, state) ?? accept([...drafts, ...environmentsSince(state, drafts)]);
    },
  };
}

/**
 * To undo a kill, one reverts the kill or restores the flag. Forcing an older change back must not do so by
 * the way.
 */
function stillKilled(change: Change, drafts: readonly Draft[], state: Documents): Refused | null {
  for (const { kind, id, project, environment, body } of drafts) {
    if (kind !== 'targeting' || body === null || project === null || environment === null) continue;
    const where = { project, environment, flag: subjectOf({ kind, id }) };
    const killed = state.targeting(project, where.flag, environment)?.body.killed;
    if (killed && !body.killed && !hasKilled(change, id, killed)) return refuseKilled(where, killed);
  }
  return null;
}

/** Whether this very kill stands because of this change. */
function hasKilled({ writes }: Change, id: string, killed: Killed): boolean {
  return writes.some(
    (write) =>
      write.kind === 'targeting' &&
      write.id === id &&
      canonicalJson((write.body as TargetingBody | null)?.killed) === canonicalJson(killed),
  );
}

/** A flag has a targeting in every environment and none without it, also in environments made after the change. */
function environmentsSince(state: Documents, drafts: readonly Draft[]): Draft[] {
  const drafted = new Set(drafts.map((draft) => draft.id));
  const more: Draft[] = [];
  for (const draft of drafts) {
    if (draft.kind !== 'flag' || draft.project === null) continue;
    for (const { body: environment } of state.environments(draft.project)) {
      const at = place.targeting(draft.project, subjectOf(draft), environment.key);
      if (drafted.has(at.id)) continue;
      const exists = state.targeting(draft.project, subjectOf(draft), environment.key) !== undefined;
      if (draft.body === null && exists) more.push({ ...at, body: null });
      if (draft.body !== null && !exists)
        more.push({ ...at, body: initialTargeting(draft.body, wantsApproval(environment)) });
    }
  }
  return more;
}

function refuseMoved(
  revision: number,
  moved: readonly { kind: string; id: string; revision: number | undefined }[],
): Refused {
  const names = moved.map((each) => `${each.kind} ${each.id} (revision ${each.revision})`).join(', ');
  return refuse('REVERT_CONFLICT', `Since revision ${revision} these have been changed again: ${names}.`, {
    fix: 'Revert those changes first, or send "force": true to undo them all.',
    details: { moved },
  });
}

/** What the answer shows: the first document that the change wrote. */
function aboutOf(change: Change): Place {
  const [first] = change.writes;
  return first ? placeOf(first) : { kind: 'project', id: change.subject, project: null, environment: null };
}

function placeOf({ kind, id, project, environment }: Place): Place {
  return { kind, id, project, environment };
}
