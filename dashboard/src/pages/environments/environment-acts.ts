import { path } from '../../api/request.ts';
import type { Write } from '../../api/write.ts';

/** What can be said of an environment. */
export interface EnvironmentInput {
  readonly name: string;
  readonly description: string;
  readonly protected: boolean;
  readonly approvals: 0 | 1;
}

export function createEnvironmentWrite(project: string, key: string, input: EnvironmentInput): Write {
  return { url: path`/api/v1/projects/${project}/environments`, body: { key, ...input } };
}

/** @param changed only what differs, so that what others change meanwhile stays */
export function updateEnvironmentWrite(
  project: string,
  environment: string,
  changed: Partial<EnvironmentInput>,
  version: number,
  reason: string | undefined,
): Write {
  const url = path`/api/v1/projects/${project}/environments/${environment}`;
  return { url, method: 'PATCH', version, body: { ...changed, ...(reason && { reason }) } };
}
