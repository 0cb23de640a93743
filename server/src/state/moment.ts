import { createHash } from 'node:crypto';
import type { Audience } from '@dimmer/core';
import type { Place } from '../documents/document.ts';

// Why: decision 0051, decision 0113.
/** The change that last touched something: which, and when it was committed (ms since 1970). */
export interface Moment {
  readonly revision: number;
  readonly hash: string;
  readonly at: number;
}

/** Before the first change. */
export const NEVER: Moment = { revision: 0, hash: '0'.repeat(64), at: 0 };

export function laterOf(one: Moment, other: Moment): Moment {
  return one.revision >= other.revision ? one : other;
}

/** Whose ruleset: one environment of one project, for one audience. */
interface Whose {
  readonly project: string;
  readonly environment: string;
  readonly audience: Audience;
}

/** Raised when the same documents are encoded otherwise: who holds them as they were must not be taken for current. */
const ENCODING = 1;

const ID_DIGITS = 12;

/**
 * The id that replicas know a ruleset by: the revision of the change that last touched it, and 12 digits over that
 * change's hash and over whose ruleset it is. So it proves which history somebody has seen, and that it is this
 * environment's for this audience: one write moves the ids of several, and the rules of one are no others'.
 */
export function rulesetId({ revision, hash }: Moment, { project, environment, audience }: Whose): string {
  const whose = `${hash}\n${project}/${environment}/${audience}\n${ENCODING}`;
  return `${revision}.${createHash('sha256').update(whose).digest('hex').slice(0, ID_DIGITS)}`;
}

/** The ids of one environment's rulesets at a moment. */
export function rulesetIds(moment: Moment, project: string, environment: string): Readonly<Record<Audience, string>> {
  const idFor = (audience: Audience) => rulesetId(moment, { project, environment, audience });
  return { server: idFor('server'), browser: idFor('browser') };
}

/** Kinds whose every write moves the ids of all environments of the project. */
const SHARED = new Set(['flag', 'segment']);
/** Kinds whose every write moves the id of their own environment. */
const OWN = new Set(['targeting', 'environment']);

/**
 * Whether a write moves the id of an environment, also when nothing that an SDK can see has changed: so that an id is
 * derived from the log alone. Projects and keys never do.
 */
export function touches(write: Place, project: string, environment: string): boolean {
  if (write.project !== project) return false;
  return SHARED.has(write.kind) || (OWN.has(write.kind) && write.environment === environment);
}
