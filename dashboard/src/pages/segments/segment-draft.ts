import type { Segment, SegmentListed, SegmentRule } from '../../api/segments.ts';
import { KeptDrafts } from '../../drafts/kept-drafts.ts';
import { conditionsSentence } from '../../sentences/condition-sentence.ts';

/** A segment as it is being edited: keys are lines of text. */
export interface SegmentDraft {
  readonly name: string;
  readonly description: string;
  readonly included: string;
  readonly excluded: string;
  readonly rules: readonly SegmentRule[];
}

export function draftOf({ name, description, included, excluded, rules }: Segment): SegmentDraft {
  return { name, description, included: included.join('\n'), excluded: excluded.join('\n'), rules };
}

/** An edit that is not saved yet, and what it began from. */
interface SegmentEdit {
  readonly base: Segment;
  readonly draft: SegmentDraft;
}

/** Unsaved edits, by project and key. */
export const segmentEdits = new KeptDrafts<SegmentEdit>(
  'dimmer.segment.',
  ({ base, draft }) =>
    typeof base?.version === 'number' && typeof draft?.included === 'string' && Array.isArray(draft.rules),
);

/** The fields that differ from what is there, as they are sent; none = nothing to save. */
export function changesIn(
  draft: SegmentDraft,
  segment: Segment,
): Partial<Omit<Segment, 'version' | 'revision' | 'users'>> {
  const wanted = {
    name: draft.name.trim(),
    description: draft.description,
    rules: draft.rules,
    included: keysIn(draft.included),
    excluded: keysIn(draft.excluded),
  };
  const differing = Object.entries(wanted).filter(
    ([field, value]) => JSON.stringify(value) !== JSON.stringify(segment[field as keyof typeof wanted]),
  );
  return Object.fromEntries(differing);
}

/** Keys, one a line; spaces around them and repetitions are mistakes of pasting. */
export function keysIn(text: string): string[] {
  const keys = text.split('\n').map((line) => line.trim());
  return [...new Set(keys.filter((key) => key !== ''))];
}

/** How many a segment is about, in a sentence. */
export function sizeSentence({
  included,
  excluded,
  rules,
}: Pick<SegmentListed, 'included' | 'excluded' | 'rules'>): string {
  const parts = [
    ...(included > 0 ? [`${included} by key`] : []),
    ...(rules > 0 ? [rules === 1 ? 'whoever its rule is about' : `whoever one of its ${rules} rules is about`] : []),
  ];
  if (parts.length === 0) return 'No members yet';
  return `${parts.join(', and ')}${excluded > 0 ? `, but not ${excluded} by key` : ''}`;
}

/** Who a segment is, in a sentence. */
export function audienceSentence({
  included,
  excluded,
  rules,
}: Pick<Segment, 'included' | 'excluded' | 'rules'>): string {
  const parts = [
    ...(included.length > 0 ? [`${included.length} by key`] : []),
    ...rules.map(({ when }) => (when.length === 0 ? 'everybody' : `whoever has ${conditionsSentence(when)}`)),
  ];
  if (parts.length === 0) return 'No members yet';
  const who = parts.join(', or ');
  const but = excluded.length > 0 ? `, but not ${excluded.length} by key` : '';
  return `${who.charAt(0).toUpperCase()}${who.slice(1)}${but}`;
}
