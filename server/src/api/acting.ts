import type { ChangeRequestBody } from '@dimmer/contract';
import type { Credential } from '../keys/authenticate.ts';

/**
 * Handed in beside a request that this process makes to its own routes: it carries an approved change request out, by
 * leave of whoever applies it. It stands where the socket stands for requests from outside, so nobody can send it.
 */
export interface Acting {
  readonly credential: Credential;
  readonly request: Pick<ChangeRequestBody, 'project' | 'id' | 'environment'>;
}
