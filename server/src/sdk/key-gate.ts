import { authenticate, isStillValid, type KeyProblem } from '../access/authenticate.ts';
import type { StoredKey } from '../documents/key.ts';
import type { Scope } from '../ruleset/ruleset-source.ts';
import type { Documents } from '../state/documents.ts';
import type { Access } from './sdk-services.ts';

/** What a key opens, or why it opens nothing. */
export type Admission =
  | { readonly ok: true; readonly access: Access }
  | { readonly ok: false; readonly code: KeyProblem | 'UPSTREAM_UNAVAILABLE' };

/** Knows which keys there are. */
export interface KeyGate {
  /**
   * @param token as it was presented; a promise only if somebody else has to be asked
   * @param networkOf where it comes from, as limits count: who is asked about many keys is not asked about all at once
   */
  admit(token: string | undefined, networkOf: () => string): Admission | Promise<Admission>;
  /** Whether one of these server keys shows that a request with a key of browsers comes from a relay of its environment. */
  isRelay(serverKeys: readonly string[], scope: Scope): boolean | Promise<boolean>;
}

interface Terms {
  readonly state: Documents;
  readonly now: () => number;
  /** SHA-256, hex, of `DIMMER_ADMIN_TOKEN`, which is told that it is not for SDKs; `null` if that is not set. */
  readonly adminTokenHash: string | null;
  /** Told of every key that is let in. */
  readonly used?: (selector: string) => void;
}

/** The keys of this server's own log, looked up in memory. */
export function localKeys({ state, now, adminTokenHash, used = () => {} }: Terms): KeyGate {
  const look = (token: string | undefined, kinds: readonly ('server' | 'browser')[]) =>
    authenticate(state, token, { adminTokenHash, now: now(), kinds });
  return {
    admit(token) {
      const result = look(token, ['server', 'browser']);
      if (!result.ok) return result;
      const { credential, key } = result;
      used(credential.id);
      return { ok: true, access: accessOf(key, () => isStillValid(state, credential, now())) };
    },
    isRelay: (serverKeys, { project, environment }) =>
      serverKeys.some((token) => {
        const result = look(token, ['server']);
        return result.ok && result.key?.project === project && result.key.environment === environment;
      }),
  };
}

function accessOf(key: StoredKey | undefined, isValid: () => boolean): Access {
  if (key === undefined || key.project === null || key.environment === null || key.kind === 'admin')
    throw new Error(`Key ${key?.selector} is of kind ${key?.kind} and has no environment.`);
  const { selector: id, kind, project, environment } = key;
  return { scope: { project, environment, audience: kind }, key: { id, isValid } };
}
