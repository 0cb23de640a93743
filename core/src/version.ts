/**
 * Versions by SemVer 2 (https://semver.org), with two kindnesses: one leading `v` or `V`, and minor and patch may be
 * absent. Build metadata is read and ignored.
 */
const VERSION =
  /^v?(0|[1-9]\d*)(?:\.(0|[1-9]\d*))?(?:\.(0|[1-9]\d*))?(?:-([\da-z-]+(?:\.[\da-z-]+)*))?(?:\+[\da-z-]+(?:\.[\da-z-]+)*)?$/i;

/** `[major, minor, patch, ...prerelease]`, or undefined if `text` is not a version. */
export function parseVersion(text: unknown): readonly string[] | undefined {
  const found = typeof text === 'string' ? VERSION.exec(text) : null;
  const prerelease = found?.[4]?.split('.') ?? [];
  // A numeric identifier has no leading zeros (SemVer 2, rule 9).
  if (!found || prerelease.some((part) => /^0\d+$/.test(part))) return undefined;
  return [found[1]!, found[2] ?? '0', found[3] ?? '0', ...prerelease];
}

/** A part as text that is ordered as the part is: numbers, which have no upper limit, by their length first. */
function sortablePart(part: string): string {
  return /\D/.test(part) ? `9${part} ` : `${String(part.length).length}${part.length}${part}`;
}

/**
 * A version as text that is ordered as versions are (SemVer 2, rule 11): one version comes before another if its text
 * is less. Undefined if `text` is not a version.
 *
 * A space ends a name and the list of parts: so fewer parts come first. No prerelease at all is a tilde, which comes
 * after all of them.
 */
export function sortableVersion(text: unknown): string | undefined {
  const parts = parseVersion(text);
  if (!parts) return undefined;
  let sortable = '';
  for (const part of parts) sortable += sortablePart(part);
  return sortable + (parts.length > 3 ? ' ' : '~');
}
