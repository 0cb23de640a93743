import { shownText } from '../sentences/shown-text.ts';

/** One line of a difference between two documents. */
export interface DifferenceLine {
  readonly sign: 'added' | 'removed' | 'changed';
  readonly text: string;
}

export const added = (text: string): DifferenceLine => ({ sign: 'added', text });
export const removed = (text: string): DifferenceLine => ({ sign: 'removed', text });
export const changed = (what: string, before: string, after: string): DifferenceLine => ({
  sign: 'changed',
  text: `${what}: ${before} → ${after}`,
});

/** Of one value; the document has all of it. */
const MOST_CHARACTERS = 300;
const MOST_KEYS = 20;

/** A value as it stands in a line. */
export function valueText(value: unknown, name = ''): string {
  if (value === undefined || value === null) return 'none';
  if (typeof value === 'number' && /At$/.test(name)) return new Date(value).toISOString();
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  const text = typeof value === 'string' ? shownText(value) || '(empty)' : shownText(JSON.stringify(value));
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)} …` : text;
}

/** The first of many keys, and how many more there are. */
export function keysText(keys: readonly string[]): string {
  const more = keys.length - MOST_KEYS;
  const shown = keys.slice(0, MOST_KEYS).map((key) => valueText(key));
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Keys that are on one list only. */
export function keyLines(what: string, before: readonly string[], after: readonly string[]): DifferenceLine[] {
  const was = new Set(before);
  const is = new Set(after);
  const come = after.filter((key) => !was.has(key));
  const gone = before.filter((key) => !is.has(key));
  return [
    ...(gone.length > 0 ? [removed(`${what}: ${keysText(gone)}`)] : []),
    ...(come.length > 0 ? [added(`${what}: ${keysText(come)}`)] : []),
  ];
}
