import { useSyncExternalStore } from 'react';
import type { Segment } from '../../api/segments.ts';
import { isSame } from '../../history/field-difference.ts';
import { changesIn, draftOf, type SegmentDraft, segmentEdits } from './segment-draft.ts';

/** A segment that is being edited. While nothing is edited, it follows the server. */
export function useSegmentEdit(project: string, segment: Segment) {
  const name = `${project}/${segment.key}`;
  const kept = useSyncExternalStore(segmentEdits.subscribe, () => segmentEdits.at(name));
  const base = kept?.base ?? segment;
  const draft = kept?.draft ?? draftOf(segment);
  const changes = changesIn(draft, base);
  const edit = (change: Partial<SegmentDraft>): void => {
    const now = segmentEdits.at(name);
    const from = now?.base ?? segment;
    const next = { ...(now?.draft ?? draftOf(segment)), ...change };
    // As it was typed, blank lines too: what says nothing new yet is on its way to.
    segmentEdits.keep(name, isSame(next, draftOf(from)) ? null : { base: from, draft: next });
  };
  const discard = (): void => segmentEdits.keep(name, null);
  return { base, draft, changes, isChanged: Object.keys(changes).length > 0, edit, discard };
}
