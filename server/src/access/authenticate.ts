import { timingSafeEqual } from 'node:crypto';
import type { KeyKind } from '@dimmer/contract';
import type { StoredKey } from '../documents/key.ts';
import type { Documents } from '../state/documents.ts';
import { type Grant, knownRole } from './can.ts';
import { boundByOwner, hasLostOwner } from './owner.ts';
import { hashSecret, parseToken } from './token.ts';

/** Somebody who has proved who they are, and how far that reaches. */
export interface Credential {
  readonly kind: KeyKind | 'person';
  /** The selector of the key, never its secret, or the person's id; stands in the log. */
  readonly id: string;
  readonly name: string;
  /** What they may do by the admin API; of SDKs' keys nothing. */
  readonly grants: readonly Grant[];
  /** Of a person: the session that they came by. */
  readonly session?: string;
}

/** Why somebody is not let in. */
export type KeyProblem =
  | 'KEY_MISSING'
  | 'KEY_UNKNOWN'
  | 'KEY_REVOKED'
  | 'KEY_EXPIRED'
  | 'KEY_OWNER_GONE'
  | 'KEY_KIND_WRONG';

export type Authentication =
  | {
      readonly ok: true;
      readonly credential: Credential;
      /** Absent: it is the configured token, which is not in the log. */
      readonly key?: StoredKey;
    }
  | { readonly ok: false; readonly code: KeyProblem };

interface Terms {
  /** SHA-256, hex, of `DIMMER_ADMIN_TOKEN`, if that is set. */
  readonly adminTokenHash: string | null;
  /** Ms since 1970. */
  readonly now: number;
  /** The kinds of keys that may come in here; any other is `KEY_KIND_WRONG`. */
  readonly kinds: readonly KeyKind[];
}

/** The holder of `DIMMER_ADMIN_TOKEN`. */
export const CONFIGURED_ADMIN: Credential = {
  kind: 'admin',
  id: 'DIMMER_ADMIN_TOKEN',
  name: 'DIMMER_ADMIN_TOKEN',
  grants: [{ role: 'admin', project: null, environment: null }],
};

/** Constant time: compared where there is no such key, so that an unknown selector takes as long as a wrong secret. */
const NO_HASH = '0'.repeat(64);

/** Looks a token up in memory: one hash, no SQL, so that a storm of reconnects costs microseconds each. */
export function authenticate(state: Documents, presented: string | undefined, terms: Terms): Authentication {
  if (!presented) return { ok: false, code: 'KEY_MISSING' };
  const found = identify(state, presented, terms.adminTokenHash);
  if (!found) return { ok: false, code: 'KEY_UNKNOWN' };
  const problem = found.key ? keyProblem(state, found.key, terms.now) : null;
  if (problem) return { ok: false, code: problem };
  if (!(terms.kinds as readonly string[]).includes(found.credential.kind)) return { ok: false, code: 'KEY_KIND_WRONG' };
  return { ok: true, ...found };
}

/** Whether a credential that was let in before would still be: its key is neither revoked nor expired. */
export function isStillValid(state: Documents, credential: Credential, now: number): boolean {
  if (credential.id === CONFIGURED_ADMIN.id) return true;
  const key = state.key(credential.id)?.body;
  return key !== undefined && keyProblem(state, key, now) === null;
}

/** Why a key no longer opens anything, or `null`. */
export function keyProblem(
  state: Documents,
  key: StoredKey,
  now: number,
): 'KEY_REVOKED' | 'KEY_EXPIRED' | 'KEY_OWNER_GONE' | null {
  if (key.revokedAt !== null) return 'KEY_REVOKED';
  if (key.expiresAt !== null && key.expiresAt <= now) return 'KEY_EXPIRED';
  return hasLostOwner(state, key) ? 'KEY_OWNER_GONE' : null;
}

function identify(
  state: Documents,
  presented: string,
  adminTokenHash: string | null,
): { readonly credential: Credential; readonly key?: StoredKey } | null {
  const token = parseToken(presented);
  const key = token ? state.key(token.selector)?.body : undefined;
  if (token && key?.kind === token.kind && secretMatches(token.secret, key.secretHash)) {
    return { credential: credentialOfKey(state, key), key };
  }
  const isConfigured = adminTokenHash !== null && sameHash(hashSecret(presented), adminTokenHash);
  return isConfigured ? { credential: CONFIGURED_ADMIN } : null;
}

/** The holder of a key, whether or not it still works, with what its owner may do now. */
export function credentialOfKey(state: Documents, key: StoredKey): Credential {
  const { kind, selector: id, name } = key;
  return { kind, id, name: name || `${kind} key ${id}`, grants: boundByOwner(state, key, grantsOf(key)) };
}

/** Tokens of before there were roles may do everything. */
function grantsOf({ kind, role, project, environment }: StoredKey): readonly Grant[] {
  if (kind !== 'admin') return [];
  return [{ role: role === undefined ? 'admin' : knownRole(role), project, environment }];
}

function secretMatches(secret: string | null, secretHash: string | null): boolean {
  if (secret === null) return secretHash === null;
  return sameHash(hashSecret(secret), secretHash ?? NO_HASH);
}

function sameHash(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one, 'hex'), Buffer.from(other, 'hex')];
  return left.length === right.length && timingSafeEqual(left, right);
}
