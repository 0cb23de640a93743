import { createHash } from 'node:crypto';
import { canonicalJson } from '../documents/canonical-json.ts';
import type { Document } from '../documents/document.ts';

// Why: decision 0050.
/** Who did it. `system` is the server itself: first start, schedules, later ramps. */
export interface Actor {
  readonly kind: 'person' | 'token' | 'system';
  /** The person's id, or the selector of the token, never its secret. */
  readonly id: string;
  readonly name: string;
}

/** One document as a change leaves it. `body: null` = deleted. */
export type Write = Omit<Document, 'revision'>;

/** One entry of the append-only log: who did what to which documents, when, why. */
export interface Change {
  readonly revision: number;
  /** When it was committed, ms since 1970 by the server's clock. */
  readonly at: number;
  readonly actor: Actor;
  /** What was asked for, e.g. `flag.toggle`. */
  readonly command: string;
  readonly project: string | null;
  /** `null`: not about one environment alone. */
  readonly environment: string | null;
  /** The key of what it is about, e.g. the flag's. */
  readonly subject: string;
  readonly reason: string | null;
  readonly writes: readonly Write[];
  /** Hash of the change before this one; `GENESIS_HASH` for the first. */
  readonly prevHash: string;
  /** SHA-256, hex, over the canonical JSON of everything above. */
  readonly hash: string;
  /** HMAC of the hash, see `Seals`. Absent: the server that wrote it had no key for that. Not part of the hash. */
  readonly seal?: string;
}

/** Where the log ends. */
export interface Head {
  readonly revision: number;
  readonly hash: string;
}

const ID_HASH_DIGITS = 12;

/** The head of a log without changes. */
export const GENESIS: Head = { revision: 0, hash: '0'.repeat(64) };

/** The same change with its hash filled in. */
export function withHash(change: Omit<Change, 'hash' | 'seal'>): Change {
  return { ...change, hash: hashOf(change) };
}

/**
 * SHA-256, hex, over the canonical JSON of a change without its own hash. Writes are reduced to the fields that are
 * stored, so that what a store gives back hashes as what was given to it.
 */
export function hashOf(change: Omit<Change, 'hash' | 'seal'>): string {
  const { revision, at, actor, command, project, environment, subject, reason, writes, prevHash } = change;
  const content = { revision, at, actor, command, project, environment, subject, reason, writes, prevHash };
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}

/** `<revision>.<first 12 hex digits of its hash>`: proves which history somebody has seen. */
export function idOf(head: Head): string {
  return `${head.revision}.${head.hash.slice(0, ID_HASH_DIGITS)}`;
}
