import type { Acting } from '../access/acting.ts';
import type { Credential } from '../access/authenticate.ts';

/** What middleware leaves for handlers. */
export interface AppEnv {
  Bindings: {
    /** Of requests that this process makes to itself; see there. */
    readonly acting?: Acting;
    /** Says that the connection has shown a key that is secret, or has become a stream by one that is not. */
    readonly prove?: (by: 'secret' | 'stream') => void;
  };
  Variables: {
    requestId: string;
    /** Set on every admin route before its handler runs. */
    credential: Credential;
  };
}
