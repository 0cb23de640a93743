/** Paths that may differ, as JSON pointers in which `*` is any one key or index. What lies below such a path may differ too. */

/** A key, or the index of a list. Members of sets, and entries under objects, have `*`. */
export type Segment = string | number;

/** Whether a path may differ; segments as they are, not escaped. */
export type IsIgnored = (segments: readonly Segment[]) => boolean;

type Pattern = readonly string[];

/** Lists are handed in by code and rules again and again as the same object, so they are taken apart once. */
const compiled = new WeakMap<object, readonly Pattern[]>();

/** @param lists of the code and of the server; what is no pointer matches nothing */
export function ignoring(...lists: readonly (readonly string[] | undefined)[]): IsIgnored | undefined {
  const patterns = lists.flatMap((list) => (Array.isArray(list) ? patternsOf(list) : []));
  return patterns.length ? (segments) => patterns.some((pattern) => matches(pattern, segments)) : undefined;
}

/** The first of them that can match nothing; undefined if all can. */
export function unusablePath(list: unknown): string | undefined {
  if (list === undefined || list === null) return undefined;
  if (!Array.isArray(list)) return `${list} (it takes a list)`;
  const unusable = list.find((path) => !isUsable(path));
  return list.every(isUsable) ? undefined : typeof unusable === 'string' ? `"${unusable}"` : typeof unusable;
}

function isUsable(path: unknown): boolean {
  return typeof path === 'string' && path[0] === '/' && !/~(?![01])|\/\*\*\//.test(path);
}

function patternsOf(list: readonly string[]): readonly Pattern[] {
  let patterns = compiled.get(list);
  if (!patterns) {
    patterns = list.filter(isUsable).map((path) => path.slice(1).split('/').map(unescapeSegment));
    compiled.set(list, patterns);
  }
  return patterns;
}

/** RFC 6901. */
function unescapeSegment(segment: string): string {
  return segment.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** `**` at the end says what holds anyway: all below. */
function matches(pattern: Pattern, segments: readonly Segment[]): boolean {
  const length = pattern.at(-1) === '**' ? pattern.length - 1 : pattern.length;
  if (segments.length < length) return false;
  for (let i = 0; i < length; i++) if (pattern[i] !== '*' && pattern[i] !== `${segments[i]}`) return false;
  return true;
}
