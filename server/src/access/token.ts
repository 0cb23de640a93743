import { createHash, randomBytes } from 'node:crypto';
import type { KeyKind } from '@dimmer/contract';

/** What a token begins with, by the kind of its key. */
const PREFIXES = { server: 'sdk_', browser: 'web_', admin: 'adm_' } as const satisfies Record<KeyKind, string>;
const PREFIX_CHARACTERS = 4;
const SELECTOR_BYTES = 16;
const SECRET_BYTES = 32;
/** Base64url of the bytes above. Both halves may contain `_`, so tokens are taken apart by position. */
const SELECTOR_CHARACTERS = 22;
const SECRET_CHARACTERS = 43;
const SECRET_START = PREFIX_CHARACTERS + SELECTOR_CHARACTERS + 1;

/** A new token. `text` is shown once and kept nowhere; the rest is what a key is made of. */
export interface MintedToken {
  readonly text: string;
  readonly selector: string;
  /** SHA-256, hex. `null`: browser tokens are public and have no secret half. */
  readonly secretHash: string | null;
}

/** A token taken apart. */
interface ParsedToken {
  readonly kind: KeyKind;
  readonly selector: string;
  readonly secret: string | null;
}

/**
 * Makes a token: `sdk_` or `adm_`, 22 characters of selector (16 random bytes), `_`, 43 characters of secret (32 random
 * bytes); for browsers `web_` and the selector alone.
 */
export function mintToken(kind: KeyKind): MintedToken {
  const selector = randomBytes(SELECTOR_BYTES).toString('base64url');
  if (kind === 'browser') return { text: browserToken(selector), selector, secretHash: null };
  const secret = randomBytes(SECRET_BYTES).toString('base64url');
  return { text: `${PREFIXES[kind]}${selector}_${secret}`, selector, secretHash: hashSecret(secret) };
}

/** The public token of a browser key, as often as one likes. */
export function browserToken(selector: string): string {
  return PREFIXES.browser + selector;
}

/** Takes a token apart; `null` if it is none. Says nothing about whether it is known. */
export function parseToken(text: string): ParsedToken | null {
  const kind = (Object.keys(PREFIXES) as KeyKind[]).find((each) => text.startsWith(PREFIXES[each]));
  if (kind === undefined) return null;
  const selector = text.slice(PREFIX_CHARACTERS, PREFIX_CHARACTERS + SELECTOR_CHARACTERS);
  if (kind === 'browser') {
    return text.length === PREFIX_CHARACTERS + SELECTOR_CHARACTERS ? { kind, selector, secret: null } : null;
  }
  const wellFormed = text.length === SECRET_START + SECRET_CHARACTERS && text[SECRET_START - 1] === '_';
  return wellFormed ? { kind, selector, secret: text.slice(SECRET_START) } : null;
}

/**
 * SHA-256, hex. A slow hash as for passwords would add nothing: the secret has 256 random bits and cannot be guessed,
 * and every connection would have to wait for it.
 */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
