/** More keys than a project has flags are not looked at. */
const MOST_KEYS = 5_000;
/** Longer ones than keys may be. */
const MOST_CHARACTERS = 128;

/**
 * Spelling suggestion: the key that was probably meant by `key`, for "did you mean …?".
 *
 * By optimal string alignment distance (insertions, deletions, substitutions, and two neighbours that are swapped count
 * one each), letter case aside. At most a third of the key may be wrong, and of keys of one or two characters nothing
 * but their case.
 *
 * @param keys those that exist; the first 5,000 are looked at
 * @returns the nearest, of several the first; `undefined`: none is near enough
 */
export function nearestKey(key: string, keys: Iterable<string>): string | undefined {
  if (key.length > MOST_CHARACTERS) return undefined;
  const wanted = key.toLowerCase();
  let most = Math.floor(key.length / 3);
  let nearest: string | undefined;
  let looked = 0;
  for (const each of keys) {
    if (looked++ === MOST_KEYS) break;
    if (each === key || Math.abs(each.length - key.length) > most) continue;
    const distance = alignmentDistance(wanted, each.toLowerCase(), most);
    if (distance > most) continue;
    nearest = each;
    if (distance === 0) break;
    most = distance - 1;
  }
  return nearest;
}

/** Edit distance of two texts; more than `most`: `most + 1`. */
function alignmentDistance(one: string, other: string, most: number): number {
  let before: number[] = [];
  let last = [...Array(other.length + 1).keys()];
  for (let row = 1; row <= one.length; row++) {
    const next = [row];
    for (let column = 1; column <= other.length; column++) {
      const isSwapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      next[column] = Math.min(
        last[column]! + 1,
        next[column - 1]! + 1,
        last[column - 1]! + (one[row - 1] === other[column - 1] ? 0 : 1),
        isSwapped ? before[column - 2]! + 1 : most + 1,
      );
    }
    if (Math.min(...next) > most) return most + 1;
    before = last;
    last = next;
  }
  return last[other.length]!;
}
