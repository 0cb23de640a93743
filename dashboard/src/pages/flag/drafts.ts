import { isSame } from '../../elements/field-difference.ts';
import type { Targeting } from '../../server/targeting.ts';
import { bodyOf, type TargetingBody } from '../../server/targeting-body.ts';

/** What somebody has edited and not saved, and what they began from. */
export interface Draft {
  readonly base: Targeting;
  readonly body: TargetingBody;
}

const NAME = 'dimmer.draft.';
const STORE_AFTER_MS = 300;

/**
 * Unsaved edits, by environment of a flag. They outlive the page they were typed on: whoever has to sign in anew, or
 * whose browser crashes, finds them again. Storage may be forbidden; then they live as long as the window.
 */
const drafts = new Map<string, Draft | null>();
const listeners = new Set<() => void>();
const waiting = new Map<string, ReturnType<typeof setTimeout>>();

export function draftName({ project, flag, environment }: Pick<Targeting, 'project' | 'flag' | 'environment'>): string {
  return `${project}/${flag}/${environment}`;
}

export function draftAt(name: string): Draft | null {
  const known = drafts.get(name);
  if (known !== undefined) return known;
  const stored = storedDraft(name);
  drafts.set(name, stored);
  return stored;
}

/** Keeps it; one that says nothing new is forgotten. */
export function keepDraft(name: string, draft: Draft | null): void {
  const kept = draft && !isSame(draft.body, bodyOf(draft.base)) ? draft : null;
  drafts.set(name, kept);
  clearTimeout(waiting.get(name));
  // What is thrown away must not be there again after a reload that comes at once.
  if (kept === null) storeDraft(name, kept);
  else
    waiting.set(
      name,
      setTimeout(() => storeDraft(name, kept), STORE_AFTER_MS),
    );
  for (const listener of listeners) listener();
}

export function onDrafts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Environments of a flag that have unsaved edits. */
export function draftsOf(project: string, flag: string, environments: readonly string[]): readonly string[] {
  return environments.filter((environment) => draftAt(draftName({ project, flag, environment })) !== null);
}

function storedDraft(name: string): Draft | null {
  try {
    const draft = JSON.parse(sessionStorage.getItem(NAME + name) ?? 'null') as Draft | null;
    return draft && typeof draft.base?.version === 'number' && Array.isArray(draft.body?.rules) ? draft : null;
  } catch {
    return null;
  }
}

function storeDraft(name: string, draft: Draft | null): void {
  try {
    if (draft) sessionStorage.setItem(NAME + name, JSON.stringify(draft));
    else sessionStorage.removeItem(NAME + name);
  } catch {
    // It lives on in the window.
  }
}
