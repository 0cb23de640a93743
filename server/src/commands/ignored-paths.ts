import type { Warning } from '@dimmer/contract';
import { type Draft, subjectOf } from '../documents/document.ts';
import type { Documents } from '../state/documents.ts';

/** What is odd about a segment of a path, and what was probably meant. The first that fits is said. */
const ODDITIES: readonly (readonly [RegExp, (segment: string) => string])[] = [
  [/^$/, () => 'has an empty name, which matches a key that is called nothing: leave out the slash too many'],
  [/^\s|\s$/, () => 'has a space at an end of a name'],
  [
    /^\d+$/,
    (index) => `matches element ${index} of a list alone, or a key that is called so: all elements are written "*"`,
  ],
  [/\[.*\]/, () => 'has brackets: an index is a name of its own, and is written "*", as in /items/*/id'],
  [/.\*|\*./, () => 'has "*" beside other characters, where it stands for itself: alone it is any one name'],
];

/**
 * What somebody should know whose `ignore` has paths that can hardly match anything, or that match everything. They are
 * not refused: a key may be called "0". Nothing is said of what was there before.
 */
export function ignoreWarnings(draft: Draft, before: Documents): Warning[] {
  const { kind, project, environment, body } = draft;
  if (kind !== 'targeting' || body === null || project === null || environment === null) return [];
  const known = new Set(before.targeting(project, subjectOf(draft), environment)?.body.dials?.ignore);
  return (body.dials?.ignore ?? [])
    .filter((path) => !known.has(path))
    .flatMap((path) => {
      const odd = oddityOf(path);
      return odd === undefined ? [] : [{ code: 'IGNORE_UNLIKELY', message: `"${path}" ${odd}.` }];
    });
}

function oddityOf(path: string): string | undefined {
  if (path === '/**') return 'matches everything, so nothing is compared any more';
  const segments = path.slice(1).split('/');
  const named = segments.at(-1) === '**' ? segments.slice(0, -1) : segments;
  for (const [pattern, words] of ODDITIES) {
    const segment = named.find((each) => pattern.test(each));
    if (segment !== undefined) return words(segment);
  }
  return undefined;
}
