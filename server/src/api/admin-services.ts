import type { ChangeLog } from '../change-log/change-log.ts';

/** What the admin API works with. Made once by `server.ts`, or by a test. */
export interface AdminServices {
  readonly changeLog: ChangeLog;
  /** Ms since 1970. */
  readonly now: () => number;
  /** SHA-256, hex, of `DIMMER_ADMIN_TOKEN`; `null` if that is not set. */
  readonly adminTokenHash: string | null;
}
