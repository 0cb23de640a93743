import { type KeyKind, LIMITS, type Role, type rotateKeyInput } from '@dimmer/contract';
import type { z } from 'zod';
import { personBehind } from '../access/owner.ts';
import type { Actor } from '../changes/change.ts';
import { type Live, place } from '../documents/document.ts';
import type { StoredKey } from '../documents/key.ts';
import type { Documents } from '../state/documents.ts';
import { accept, type Command } from './command.ts';
import { findEnvironment, findProject } from './find.ts';
import { type Refused, refuse } from './refusal.ts';

/** The halves of a fresh token that may be stored. The secret itself never reaches a command. */
export interface MintedKey {
  readonly selector: string;
  readonly secretHash: string | null;
}

/** What a new key opens. */
export interface KeyScope {
  readonly kind: KeyKind;
  /** Of admin tokens. Default: everything. */
  readonly role?: Role;
  readonly project: string | null;
  readonly environment: string | null;
}

/** Makes a key. Refuses: `EXPIRY_INVALID` if it would expire in the past, `LIMIT_EXCEEDED`. */
export function createKey(
  scope: KeyScope,
  input: { readonly name: string; readonly expiresAt?: number },
  minted: MintedKey,
): Command {
  const { kind, role, project, environment } = scope;
  const about = place.key(minted.selector, project, environment);
  return {
    name: 'key.create',
    project,
    environment,
    subject: minted.selector,
    about,
    decide(state, { now, actor }) {
      const missing = scopeProblem(state, scope);
      if (missing) return missing;
      const { name, expiresAt = null } = input;
      if (expiresAt !== null && expiresAt <= now) {
        return refuse('EXPIRY_INVALID', 'The key would have expired already.', {
          fix: 'Send milliseconds since 1970 in the future, or leave expiresAt out.',
          path: 'expiresAt',
        });
      }
      if (liveKeysIn(state, scope, now) >= LIMITS.liveKeysPerScope) {
        const message = `There are ${LIMITS.liveKeysPerScope} live ${kind} keys here already.`;
        return refuse('LIMIT_EXCEEDED', message, { fix: 'Revoke some that are not used.' });
      }
      const body: StoredKey = {
        kind,
        ...(role !== undefined && { role }),
        name,
        project,
        environment,
        ...halvesOf(minted),
        ...ownedBy(state, kind, actor),
        createdAt: now,
        createdBy: actor.name,
        expiresAt,
        revokedAt: null,
        replaces: null,
      };
      return accept([{ ...about, body }]);
    },
  };
}

/**
 * Makes a key that follows another one, which goes on working for `overlapMs`. Refuses: `KEY_NOT_FOUND`,
 * `KEY_NOT_LIVE` also if another follows it already. An admin token then belongs to the person who has rotated it.
 */
export function rotateKey(old: Live<'key'>, input: z.infer<typeof rotateKeyInput>, minted: MintedKey): Command {
  const { project, environment } = old;
  const about = place.key(minted.selector, project, environment);
  return {
    name: 'key.rotate',
    project,
    environment,
    subject: minted.selector,
    about,
    decide(state, { now, actor }) {
      const found = findLiveKey(state, old.id, now);
      if ('refusal' in found) return found;
      const { body } = found;
      const follower = followerOf(state, old.id, now);
      if (follower) {
        return refuse('KEY_NOT_LIVE', `This key has been rotated already; "${follower.id}" follows it.`, {
          fix: 'Rotate that one, or revoke it first.',
        });
      }
      const ends = now + input.overlapMs;
      const expiresAt = body.expiresAt === null ? ends : Math.min(body.expiresAt, ends);
      const fresh: StoredKey = {
        ...body,
        ...halvesOf(minted),
        ...ownedBy(state, body.kind, actor),
        createdAt: now,
        createdBy: actor.name,
        // As long a life as the old one had: rotating must not make a key immortal.
        expiresAt: body.expiresAt === null ? null : now + (body.expiresAt - body.createdAt),
        revokedAt: null,
        replaces: body.selector,
      };
      return accept([
        { ...about, body: fresh },
        { ...place.key(old.id, project, environment), body: { ...body, expiresAt } },
      ]);
    },
  };
}

/** Ends a key at once; its open streams are closed. Refuses: `KEY_NOT_FOUND`. Revoking twice is no error. */
export function revokeKey(key: Live<'key'>): Command {
  const { project, environment } = key;
  const about = place.key(key.id, project, environment);
  return {
    name: 'key.revoke',
    project,
    environment,
    subject: key.id,
    about,
    decide(state, { now }) {
      const found = state.key(key.id);
      if (!found) return refuse('KEY_NOT_FOUND', `There is no key "${key.id}".`);
      return accept([{ ...about, body: { ...found.body, revokedAt: found.body.revokedAt ?? now } }]);
    },
  };
}

function findLiveKey(state: Documents, selector: string, now: number): Live<'key'> | Refused {
  const found = state.key(selector);
  if (!found) return refuse('KEY_NOT_FOUND', `There is no key "${selector}".`);
  if (isLive(found.body, now)) return found;
  return refuse('KEY_NOT_LIVE', 'This key is revoked or has expired; there is nothing to overlap with.', {
    fix: 'Create a new key instead.',
  });
}

/** Keys of environments stay when the person who made them leaves: applications use them. */
function ownedBy(state: Documents, kind: KeyKind, actor: Actor): Pick<StoredKey, 'owner'> {
  return kind === 'admin' ? { owner: personBehind(state, actor) } : {};
}

/** Field by field, so that the secret of a whole token that is passed never gets into the log. */
function halvesOf({ selector, secretHash }: MintedKey): MintedKey {
  return { selector, secretHash };
}

function followerOf(state: Documents, selector: string, now: number): Live<'key'> | undefined {
  for (const key of state.keys()) if (key.body.replaces === selector && isLive(key.body, now)) return key;
  return undefined;
}

function isLive(key: StoredKey, now: number): boolean {
  return key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now);
}

function scopeProblem(state: Documents, { project, environment }: KeyScope): Refused | null {
  if (project === null) {
    if (environment === null) return null;
    return refuse('PROJECT_NOT_FOUND', 'A key for one environment needs its project as well.', { path: 'project' });
  }
  const found = environment === null ? findProject(state, project) : findEnvironment(state, project, environment);
  return 'refusal' in found ? found : null;
}

function liveKeysIn(state: Documents, scope: KeyScope, now: number): number {
  let count = 0;
  for (const { body } of state.keys()) {
    const same = body.kind === scope.kind && body.project === scope.project && body.environment === scope.environment;
    if (same && isLive(body, now)) count++;
  }
  return count;
}
