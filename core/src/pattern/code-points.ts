/** A set of Unicode code points, as sorted ranges that neither overlap nor touch: `[lo, hi, lo, hi, …]`. */
export type CodePoints = readonly number[];

const LAST = 0x10ffff;

export const ALL: CodePoints = [0, LAST];
export const DIGITS: CodePoints = [0x30, 0x39];
export const WORD: CodePoints = [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a];
/** ECMAScript's WhiteSpace and LineTerminator. */
export const SPACE: CodePoints = [
  0x09, 0x0d, 0x20, 0x20, 0xa0, 0xa0, 0x1680, 0x1680, 0x2000, 0x200a, 0x2028, 0x2029, 0x202f, 0x202f, 0x205f, 0x205f,
  0x3000, 0x3000, 0xfeff, 0xfeff,
];
const LINE_ENDS: CodePoints = [0x0a, 0x0a, 0x0d, 0x0d, 0x2028, 0x2029];
export const NOT_LINE_END: CodePoints = complement(LINE_ENDS);

export function union(...sets: readonly CodePoints[]): CodePoints {
  const pairs = sets.flatMap((set) => pairsOf(set)).sort(([a], [b]) => a - b);
  const joined: number[] = [];
  for (const [low, high] of pairs) {
    const end = joined.length - 1;
    if (joined.length > 0 && low <= joined[end]! + 1) joined[end] = Math.max(joined[end]!, high);
    else joined.push(low, high);
  }
  return joined;
}

export function complement(set: CodePoints): CodePoints {
  const others: number[] = [];
  let next = 0;
  for (const [low, high] of pairsOf(set)) {
    if (low > next) others.push(next, low - 1);
    next = high + 1;
  }
  if (next <= LAST) others.push(next, LAST);
  return others;
}

function pairsOf(set: CodePoints): [number, number][] {
  const pairs: [number, number][] = [];
  for (let i = 0; i < set.length; i += 2) pairs.push([set[i]!, set[i + 1]!]);
  return pairs;
}

/** What sets came to: `.` and `\W` are each one set, however often a pattern has them. */
const folded = new WeakMap<CodePoints, CodePoints>();

/** The set and all letters that differ from it in case only, by Unicode's simple case folding. */
export function foldCase(set: CodePoints): CodePoints {
  const known = folded.get(set) ?? fold(set);
  folded.set(set, known);
  return known;
}

function fold(set: CodePoints): CodePoints {
  const { points, families } = cased();
  const added: CodePoints[] = [];
  for (const [low, high] of pairsOf(set)) {
    for (let i = firstFrom(points, low); i < points.length && points[i]! <= high; i++) {
      const family = families[i]!;
      // Of a long range nearly all letters have their like in the range itself: a pattern may have a thousand of them.
      if (family[0]! >= low && family.at(-1)! <= high) continue;
      for (const other of family) if (!includes(set, other)) added.push([other, other]);
    }
  }
  return added.length > 0 ? union(set, ...added) : set;
}

/** Index of the first of `points` that is no less than `point`. */
function firstFrom(points: readonly number[], point: number): number {
  let low = 0;
  let high = points.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]! < point) low = middle + 1;
    else high = middle;
  }
  return low;
}

function includes(set: CodePoints, point: number): boolean {
  let low = 0;
  let high = set.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (point > set[2 * middle + 1]!) low = middle + 1;
    else high = middle;
  }
  return 2 * low < set.length && set[2 * low]! <= point;
}

/** Planes 0 and 1 hold all letters that have case. */
const LAST_WITH_CASE = 0x1ffff;

interface Cased {
  /** Every letter that has case, in order, and of each all that differ from it in case only, itself included, in order. */
  readonly points: readonly number[];
  readonly families: readonly (readonly number[])[];
}

let known: Cased | undefined;

/** Made when first needed, because it looks at 131,072 code points. */
function cased(): Cased {
  if (known) return known;
  const byFolded = new Map<number, number[]>();
  for (let point = 0; point <= LAST_WITH_CASE; point++) {
    const like = foldPoint(point);
    const family = byFolded.get(like);
    if (family) family.push(point);
    else byFolded.set(like, [point]);
  }
  const letters = [...byFolded.values()]
    .filter((family) => family.length > 1)
    .flatMap((family) => family.map((point) => [point, family] as const))
    .sort(([a], [b]) => a - b);
  known = { points: letters.map(([point]) => point), families: letters.map(([, family]) => family) };
  return known;
}

function foldPoint(point: number): number {
  // The dotless i is upper-cased to I, yet Unicode folds it to itself.
  if (point === 0x131) return point;
  return (
    onlyPoint(String.fromCodePoint(onlyPoint(String.fromCodePoint(point).toUpperCase()) ?? point).toLowerCase()) ??
    point
  );
}

function onlyPoint(text: string): number | undefined {
  const point = text.codePointAt(0)!;
  return text.length === (point > 0xffff ? 2 : 1) ? point : undefined;
}
