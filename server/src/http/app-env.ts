import type { Credential } from '../keys/authenticate.ts';

/** What middleware leaves for handlers. */
export interface AppEnv {
  Variables: {
    requestId: string;
    /** Set on every admin route before its handler runs. */
    credential: Credential;
  };
}
