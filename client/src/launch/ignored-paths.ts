/** Paths that may differ, as JSON pointers in which `*` is any one key or index, and `**` at the end all below. */

/** Whether a path may differ; segments as they are, not escaped. */
export type IsIgnored = (segments: readonly string[]) => boolean;

type Pattern = readonly string[];

/** Lists are handed in by code and rules again and again as the same object, so they are taken apart once. */
const compiled = new WeakMap<readonly string[], readonly Pattern[]>();

/** @param lists of the code and of the server; what is no pointer matches nothing */
export function ignoring(...lists: readonly (readonly string[] | undefined)[]): IsIgnored | undefined {
  const patterns = lists.flatMap((list) => (Array.isArray(list) ? patternsOf(list) : []));
  return patterns.length ? (segments) => patterns.some((pattern) => matches(pattern, segments)) : undefined;
}

function patternsOf(list: readonly string[]): readonly Pattern[] {
  let patterns = compiled.get(list);
  if (!patterns) {
    patterns = list
      .filter((path) => typeof path === 'string' && path[0] === '/')
      .map((path) => path.slice(1).split('/').map(unescapeSegment));
    compiled.set(list, patterns);
  }
  return patterns;
}

/** RFC 6901. */
function unescapeSegment(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}

function matches(pattern: Pattern, segments: readonly string[]): boolean {
  const isOpen = pattern.at(-1) === '**';
  const fixed = isOpen ? pattern.length - 1 : pattern.length;
  if (isOpen ? segments.length < fixed : segments.length !== fixed) return false;
  for (let i = 0; i < fixed; i++) if (pattern[i] !== '*' && pattern[i] !== segments[i]) return false;
  return true;
}
