import type { Refused } from '../commands/refusal.ts';
import { ApiError } from '../http/api-error.ts';

/**
 * What a `find…` has found.
 *
 * @throws ApiError with its refusal, if it has found nothing
 */
export function found<Found extends object>(result: Found | Refused): Found {
  if ('refusal' in result) throw ApiError.of(result.refusal);
  return result;
}
