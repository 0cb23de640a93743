import type { ChangeLog } from '../change-log/change-log.ts';
import type { Evaluations } from '../evaluations/evaluations.ts';
import type { Propagations } from '../instances/propagations.ts';
import type { KeyUses } from '../keys/key-uses.ts';
import type { Launches } from '../launches/launches.ts';
import type { Logger } from '../logger.ts';
import type { SignIn } from '../sign-in/sign-in.ts';
import type { ChangeStreams } from './change-stream.ts';

/** What the admin API works with. Made once by `server.ts`, or by a test. */
export interface AdminServices {
  readonly changeLog: ChangeLog;
  /** Whether changes have reached everybody. */
  readonly propagations: Pick<Propagations, 'applied' | 'instances' | 'propagation'>;
  readonly evaluations: Pick<Evaluations, 'lastEvaluations'>;
  /** What SDKs have told of launches and migrations, and who has. */
  readonly launches: Pick<Launches, 'read'>;
  /** When keys were last used. */
  readonly keyUses: KeyUses;
  readonly logger: Logger;
  /** Ms since 1970. */
  readonly now: () => number;
  /** People's sign-in; `null`: it is off, and only tokens come in. */
  readonly signIn: SignIn | null;
  /**
   * Where people reach this server, without a slash at its end.
   *
   * @param page where the page is from that asks, for when it is not configured; default: where this server listens
   */
  readonly publicUrl: (page?: string | null) => string;
  readonly changeStreams: ChangeStreams;
  /** SHA-256, hex, of `DIMMER_ADMIN_TOKEN`; `null` if that is not set. */
  readonly adminTokenHash: string | null;
}
