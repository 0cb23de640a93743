import type { ChangeRequestBody } from '@dimmer/contract';
import type { Credential } from './authenticate.ts';

/**
 * Passed with a request that this process makes to its own routes: it carries out an approved change request, with the
 * rights of the person who applies it. It takes the place of the socket of outside requests, so nobody can send it.
 */
export interface Acting {
  readonly credential: Credential;
  readonly request: Pick<ChangeRequestBody, 'project' | 'id' | 'environment'>;
}
