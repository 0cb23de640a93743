import { path } from './request.ts';
import type { Write } from './write.ts';

/** Acts on what is the same in all environments. */
export function createFlagWrite(project: string, body: object): Write {
  return { url: path`/api/v1/projects/${project}/flags`, body };
}

export function updateFlagWrite(project: string, flag: string, body: object, version?: number): Write {
  return { url: path`/api/v1/projects/${project}/flags/${flag}`, method: 'PATCH', body, version };
}

/**
 * Takes a flag out of every ruleset, or brings it back as it was.
 *
 * @param force also a migration that instances ask for; needs a reason
 */
export function archiveWrite(
  project: string,
  flag: string,
  archived: boolean,
  reason: string | undefined,
  force = false,
): Write {
  const act = archived ? 'archive' : 'unarchive';
  const body = { ...(reason && { reason }), ...(force && { force }) };
  return { url: path`/api/v1/projects/${project}/flags/${flag}/${act}`, body };
}
