import { ServerError } from '../../../api/request.ts';
import type { Targeting } from '../../../api/targeting.ts';

/** The version that somebody else made meanwhile, and what is known of them. */
export interface Theirs {
  readonly targeting: Targeting;
  readonly by: string | null;
  /** Ms since 1970. */
  readonly at: number | null;
  readonly reason: string | null;
}

interface Current {
  readonly version: number;
  readonly revision: number;
  readonly body: Omit<Targeting, 'project' | 'flag' | 'environment' | 'version' | 'revision'>;
  readonly at?: number;
  readonly by?: string;
  readonly reason?: string | null;
}

/** What a refusal for an old version says of the newer one; null if it is no such refusal. */
export function conflictIn(error: unknown, { project, flag, environment }: Targeting): Theirs | null {
  if (!(error instanceof ServerError) || error.code !== 'VERSION_CONFLICT') return null;
  const current = error.details.current as Current | undefined;
  if (!current?.body) return null;
  const { version, revision, body, at = null, by = null, reason = null } = current;
  return { targeting: { ...body, project, flag, environment, version, revision }, by, at, reason };
}
