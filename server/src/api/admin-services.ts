import type { ChangeLog } from '../change-log/change-log.ts';
import type { Delivery } from '../instances/delivery.ts';

/** What the admin API works with. Made once by `server.ts`, or by a test. */
export interface AdminServices {
  readonly changeLog: ChangeLog;
  /** Whether changes have reached everybody. */
  readonly delivery: Pick<Delivery, 'applied' | 'instances' | 'propagation'>;
  /** Ms since 1970. */
  readonly now: () => number;
  /** SHA-256, hex, of `DIMMER_ADMIN_TOKEN`; `null` if that is not set. */
  readonly adminTokenHash: string | null;
}
