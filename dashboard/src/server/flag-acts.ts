import { path } from './request.ts';
import type { Write } from './write.ts';

/** Acts on what is the same in all environments. */
export function createFlagWrite(project: string, body: object): Write {
  return { url: path`/api/v1/projects/${project}/flags`, body };
}

export function updateFlagWrite(project: string, flag: string, body: object, version?: number): Write {
  return { url: path`/api/v1/projects/${project}/flags/${flag}`, method: 'PATCH', body, version };
}

/** Takes a flag out of every ruleset, or brings it back as it was. */
export function archiveWrite(project: string, flag: string, archived: boolean, reason: string | undefined): Write {
  const act = archived ? 'archive' : 'unarchive';
  return { url: path`/api/v1/projects/${project}/flags/${flag}/${act}`, body: { ...(reason && { reason }) } };
}
