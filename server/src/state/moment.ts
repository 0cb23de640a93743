import { idOf } from '../change-log/change.ts';
import type { Place } from '../documents/document.ts';

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

/** The id that replicas know a moment by. */
export function idAt(moment: Moment): string {
  return idOf(moment);
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
