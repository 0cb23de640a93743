import type { Actor } from '../changes/change.ts';
import type { StoredKey } from '../documents/key.ts';
import type { Documents } from '../state/documents.ts';
import { type Grant, knownGrants, within } from './can.ts';

// Why: decision 0133.
/**
 * The person behind somebody who acts: a person themselves, or the owner of an admin token; `null`: nobody. What a
 * token makes belongs to the same person, so that nobody keeps rights through a token that their token has made.
 */
export function personBehind(state: Documents, { kind, id }: Pick<Actor, 'kind' | 'id'>): string | null {
  if (kind === 'person') return id;
  return kind === 'token' ? (state.key(id)?.body.owner ?? null) : null;
}

/** Whether a key belongs to somebody who may no longer come in. Keys of environments belong to nobody. */
export function hasLostOwner(state: Documents, { owner = null }: StoredKey): boolean {
  if (owner === null) return false;
  const person = state.person(owner)?.body;
  return person === undefined || (person.disabledAt ?? null) !== null;
}

/** What is left of a token's roles: its owner's of today, where they overlap. */
export function boundByOwner(
  state: Documents,
  { owner = null }: StoredKey,
  grants: readonly Grant[],
): readonly Grant[] {
  if (owner === null) return grants;
  const person = state.person(owner)?.body;
  return person ? grants.flatMap((grant) => within(grant, knownGrants(person))) : [];
}
