import { ApiError } from './api-error.ts';

const VERSION = /^(?:W\/)?"?(\d{1,15})"?$/;

/**
 * Optimistic concurrency: the version in an `If-Match` header: `"3"`, as ETags are given out; quotes may be missing,
 * and a proxy may have made it weak. `undefined`: no version was given, or `*`, which asks for nothing.
 *
 * @throws ApiError `IF_MATCH_INVALID`
 */
export function versionInIfMatch(header: string | undefined): number | undefined {
  if (header === undefined || header.trim() === '*') return undefined;
  const version = VERSION.exec(header.trim())?.[1];
  if (version !== undefined) return Number(version);
  throw new ApiError('IF_MATCH_INVALID', `If-Match is not the version of a document: ${header.slice(0, 100)}`, {
    fix: 'Send the ETag of the document as it was read, e.g. If-Match: "3".',
  });
}

/** The ETag of a document's version. */
export function etagOf(version: number): string {
  return `"${version}"`;
}
