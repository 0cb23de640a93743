import { path } from './request.ts';
import { targetingPath } from './targeting.ts';
import type { Write } from './write.ts';

/** Turns a flag off in one environment, now: no version, no approval, one request. */
export function killWrite(project: string, flag: string, environment: string, reason: string): Write {
  return { url: `${targetingPath(project, flag, environment)}/kill`, body: { reason } };
}

/** Turns a killed flag on again, with the rules that it has. */
export function restoreWrite(project: string, flag: string, environment: string, reason: string | undefined): Write {
  return { url: `${targetingPath(project, flag, environment)}/restore`, body: { ...(reason && { reason }) } };
}

/**
 * Writes back what a change has overwritten.
 *
 * @param force undoes later changes of the same documents as well
 */
export function revertWrite(revision: number, reason: string | undefined, force: boolean): Write {
  return {
    url: path`/api/v1/changes/${revision}/revert`,
    body: { ...(reason && { reason }), ...(force && { force }) },
  };
}
