import { useCallback, useEffect, useMemo, useSyncExternalStore } from 'react';
import type { Targeting } from '../../api/targeting.ts';
import { bodyOf, type TargetingBody } from '../../api/targeting-body.ts';
import { isSame } from '../../history/field-difference.ts';
import { draftAt, draftName, keepDraft, onDrafts } from './drafts.ts';

/** A targeting that is being edited. */
export interface Editing {
  /** What the edits began from. */
  readonly base: Targeting;
  /** How it would be. */
  readonly body: TargetingBody;
  readonly isDirty: boolean;
  /** What somebody else has made of it meanwhile; null: nothing. */
  readonly theirs: Targeting | null;
  readonly edit: (change: Partial<TargetingBody>) => void;
  readonly discard: () => void;
  /** Goes on editing on top of a newer version. */
  readonly rebase: (base: Targeting, body: TargetingBody) => void;
}

/** Edits one targeting. While nothing is edited, it follows the server. */
export function useDraft(targeting: Targeting): Editing {
  const name = draftName(targeting);
  const draft = useSyncExternalStore(onDrafts, () => draftAt(name));
  const isNewer = draft !== null && targeting.version > draft.base.version;
  const isMoved = isNewer && !isSame(bodyOf(targeting), bodyOf(draft.base));
  useEffect(() => {
    // A newer version with the same rules (a kill and its restoring, dials) is as good a base.
    if (draft && isNewer && !isMoved) keepDraft(name, { base: targeting, body: draft.body });
  }, [draft, isNewer, isMoved, name, targeting]);
  const base = draft?.base ?? targeting;
  const body = useMemo(() => draft?.body ?? bodyOf(targeting), [draft, targeting]);
  const edit = useCallback(
    (change: Partial<TargetingBody>): void => {
      const now = draftAt(name);
      keepDraft(name, { base: now?.base ?? targeting, body: { ...(now?.body ?? bodyOf(targeting)), ...change } });
    },
    [name, targeting],
  );
  const discard = useCallback(() => keepDraft(name, null), [name]);
  const rebase = useCallback(
    (newer: Targeting, merged: TargetingBody) => keepDraft(name, { base: newer, body: merged }),
    [name],
  );
  return { base, body, isDirty: draft !== null, theirs: isMoved ? targeting : null, edit, discard, rebase };
}
