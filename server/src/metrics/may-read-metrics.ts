import type { Context } from 'hono';
import { can } from '../access/can.ts';
import { hashSecret } from '../access/token.ts';
import { ApiError } from '../http/api-error.ts';
import { adminOf, bearerToken } from '../http/require-admin.ts';
import type { Documents } from '../state/documents.ts';

// Why: decision 0025.
interface Terms {
  readonly state: Documents;
  readonly now: () => number;
  readonly adminTokenHash: string | null;
  /** SHA-256, hex, of `DIMMER_METRICS_TOKEN`; `null` if that is not set. */
  readonly metricsTokenHash: string | null;
}

/**
 * Lets in holders of the metrics token or an admin token.
 *
 * Not open on loopback: behind a proxy on the same machine every request comes from there, and the figures tell a
 * stranger how many clients there are and when something is going wrong.
 */
export function metricsReaders({ metricsTokenHash, ...terms }: Terms): (c: Context) => void {
  return function mayReadMetrics(c) {
    const bearer = bearerToken(c.req.header('authorization'));
    // Comparing hashes takes as long for a near miss as for a wild guess, as far as an attacker could use it.
    if (bearer !== undefined && metricsTokenHash !== null && hashSecret(bearer) === metricsTokenHash) return;
    if (!can(adminOf(c, terms), 'read', null, null))
      throw new ApiError('FORBIDDEN', 'The metrics are about all projects, and this token is not.', {
        fix: 'Use an admin token for all projects, or the one in DIMMER_METRICS_TOKEN.',
      });
  };
}
