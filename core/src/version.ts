/**
 * Versions by SemVer 2 (https://semver.org), with two kindnesses: one leading `v` or `V`, and minor and patch may be
 * absent. Build metadata is read and ignored. Numbers stay strings of digits, because they have no upper limit.
 */
export type Version = readonly string[];

const VERSION =
  /^v?(0|[1-9]\d*)(?:\.(0|[1-9]\d*))?(?:\.(0|[1-9]\d*))?(?:-([\da-z-]+(?:\.[\da-z-]+)*))?(?:\+[\da-z-]+(?:\.[\da-z-]+)*)?$/i;

const isNumeric = (part: string): boolean => /^\d+$/.test(part);

/** `[major, minor, patch, ...prerelease]`, or undefined if `text` is not a version. */
export function parseVersion(text: unknown): Version | undefined {
  const found = typeof text === 'string' ? VERSION.exec(text) : null;
  const prerelease = found?.[4]?.split('.') ?? [];
  // A numeric identifier has no leading zeros (SemVer 2, rule 9).
  if (!found || prerelease.some((part) => /^0\d+$/.test(part))) return undefined;
  return [found[1]!, found[2] ?? '0', found[3] ?? '0', ...prerelease];
}

function compareParts(a: string, b: string): number {
  if (isNumeric(a) !== isNumeric(b)) return isNumeric(a) ? -1 : 1;
  return (isNumeric(a) && a.length - b.length) || (a < b ? -1 : Number(a > b));
}

/** Negative, zero or positive as `a` comes before, equals or comes after `b` (SemVer 2, rule 11). */
export function compareVersions(a: Version, b: Version): number {
  for (let i = 0; i < a.length || i < b.length; i++) {
    const left = a[i];
    const right = b[i];
    if (left === undefined || right === undefined) {
      // Fewer prerelease parts come first, but none at all (i = 3) is the release itself, which comes last.
      return (left === undefined) === (i === 3) ? 1 : -1;
    }
    const order = compareParts(left, right);
    if (order) return order;
  }
  return 0;
}
