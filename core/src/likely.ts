/** What somebody probably meant who wrote a rule, where the rule says another thing. */

/** 3 March 1973, in milliseconds, and 5138 in seconds: what lies below was probably counted in seconds. */
const FIRST_LIKELY_MS = 1e11;
const FIRST_LIKELY_S = 1e8;

/** Whether a number of milliseconds since 1970 was probably counted in seconds; NaN, a date that is written out, was not. */
export function isLikelySeconds(ms: number): boolean {
  return Math.abs(ms) >= FIRST_LIKELY_S && Math.abs(ms) < FIRST_LIKELY_MS;
}

/** What was probably meant by the name of an attribute: a pointer, a name without spaces, `targetingKey`. */
export function likelyAttribute(name: string): string | undefined {
  if (name !== name.trim()) return name.trim();
  if (name.startsWith('/')) return undefined;
  const letters = name.toLowerCase().replaceAll(/[^a-z]/g, '');
  if (name !== 'targetingKey' && isNearly(letters, 'targetingkey')) return 'targetingKey';
  const names = name
    .replace(/^\$\.?/, '')
    .split(/[./[\]'"]+/)
    .filter(Boolean);
  return names.length > 1 ? `/${names.join('/')}` : undefined;
}

/** Whether two words differ by one letter too many, too few, or wrong, or by two that have changed places. */
function isNearly(word: string, other: string): boolean {
  let start = 0;
  while (start < word.length && word[start] === other[start]) start++;
  let end = 0;
  while (end < word.length - start && end < other.length - start && word.at(-1 - end) === other.at(-1 - end)) end++;
  const [left, right] = [word.slice(start, word.length - end), other.slice(start, other.length - end)];
  return (left.length < 2 && right.length < 2) || (left.length === 2 && left === [...right].reverse().join(''));
}
