import { ApiError } from '../http/api-error.ts';

const MILLISECONDS = /^\d{1,15}$/;
const RFC_3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/i;

/**
 * An instant as people and programs send it: RFC 3339 with zone, or milliseconds since 1970.
 *
 * @returns ms since 1970
 * @throws ApiError `INSTANT_INVALID`
 */
export function parseInstant(text: string, path: string): number {
  if (MILLISECONDS.test(text)) return Number(text);
  const ms = RFC_3339.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(ms)) return ms;
  throw new ApiError('INSTANT_INVALID', `"${text.slice(0, 100)}" is not an instant.`, {
    fix: 'Send e.g. 2026-11-20T12:00:00Z (a "+" must be written %2B), or milliseconds since 1970.',
    path,
  });
}
