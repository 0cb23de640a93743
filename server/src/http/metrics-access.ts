import { timingSafeEqual } from 'node:crypto';
import type { Context } from 'hono';
import { hashSecret } from '../keys/token.ts';
import { type AdminTerms, adminOf, bearerToken } from './require-admin.ts';

/**
 * Whether a caller may read the metrics: with the token that opens nothing else, or with an admin token. They name
 * flags and figures that are nobody else's business.
 *
 * @param metricsTokenHash SHA-256, hex, of `DIMMER_METRICS_TOKEN`; `null` if that is not set
 * @returns throws an `ApiError` if not
 */
export function metricsAccess(metricsTokenHash: string | null, terms: AdminTerms): (c: Context) => void {
  const expected = metricsTokenHash === null ? null : Buffer.from(metricsTokenHash, 'hex');
  return (c) => {
    const token = bearerToken(c.req.header('authorization'));
    if (expected && token && timingSafeEqual(Buffer.from(hashSecret(token), 'hex'), expected)) return;
    adminOf(c, terms);
  };
}
