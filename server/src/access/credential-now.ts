import type { Actor } from '../changes/change.ts';
import type { State } from '../state/state.ts';
import { CONFIGURED_ADMIN, type Credential, credentialOfKey, keyProblem } from './authenticate.ts';
import { knownGrants } from './can.ts';

/**
 * The person or token that did something, with what they may do now; `null`: they would no longer be let in. What
 * outlives the moment in which it was asked for (a link, a scheduled change) is done with the rights that they have
 * now, not then.
 */
export function credentialNow(state: State, { kind, id }: Pick<Actor, 'kind' | 'id'>, now: number): Credential | null {
  if (kind === 'person') return credentialOfPerson(state, id);
  // The first start is the server itself. Whether the configured token is still configured, the log does not know.
  if (kind === 'system' || id === CONFIGURED_ADMIN.id) return CONFIGURED_ADMIN;
  const key = state.key(id)?.body;
  return key && keyProblem(state, key, now) === null ? credentialOfKey(state, key) : null;
}

/** Who somebody is to the server, as of now; `null`: unknown, or disabled. */
export function credentialOfPerson(state: State, id: string): Credential | null {
  const person = state.person(id)?.body;
  if (!person || (person.disabledAt ?? null) !== null) return null;
  return { kind: 'person', id, name: person.name || person.email, grants: knownGrants(person) };
}
