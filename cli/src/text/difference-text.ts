import { percentOf } from '@dimmer/core/percent';
import { isObject } from '@dimmer/core/same-json';
import { type Difference, isServed } from './differences.ts';
import { plain } from './output.ts';

const MAX_CHARACTERS = 160;
const MAX_NAMED = 8;

/** One difference as a line: `on: false → true`. */
export function differenceText({ path, before, after }: Difference): string {
  return plain(`${path}: ${changeText(before, after)}`);
}

/** Of something new, what it is: there is nothing to compare it with. */
export function newText({ path, after }: Difference): string {
  return plain(`${path}: ${valueText(after)}`);
}

function changeText(before: unknown, after: unknown): string {
  if (before === undefined) return `added: ${valueText(after)}`;
  if (after === undefined) return `removed, was: ${valueText(before)}`;
  return listText(before, after) ?? `${valueText(before)} → ${valueText(after)}`;
}

/** A value as people read it: what is served in percent, everything else as JSON. */
function valueText(value: unknown): string {
  if (isServed(value)) return servedText(value as Served);
  if (isObject(value) && Array.isArray(value.when)) return ruleText(value);
  const said = JSON.stringify(value);
  return said.length > MAX_CHARACTERS ? `${said.slice(0, MAX_CHARACTERS)}…` : said;
}

interface Served {
  readonly variation?: string;
  readonly slices?: readonly { readonly variation: string; readonly parts: number }[];
  readonly by?: string;
  readonly seed?: string;
}

function servedText({ variation, slices = [], by, seed }: Served): string {
  if (variation !== undefined) return variation;
  const shares = slices.map((slice) => `${slice.variation} ${percentOf(slice.parts)} %`).join(', ');
  const details = [by !== undefined && `by ${by}`, seed !== undefined && `seed ${seed}`].filter(Boolean);
  return details.length > 0 ? `${shares} (${details.join(', ')})` : shares;
}

interface Conditioned {
  readonly attribute?: string;
  readonly operator: string;
  readonly values?: readonly unknown[];
  readonly not?: boolean;
}

function ruleText({ when, serve }: Record<string, unknown>): string {
  const conditions = (when as Conditioned[]).map(({ attribute, operator, values = [], not }) =>
    [attribute, not && 'not', operator, values.length > 0 && shortList(values)].filter(Boolean).join(' '),
  );
  const who = conditions.length > 0 ? conditions.join(' and ') : 'everybody';
  return serve === undefined ? who : `${who}: ${valueText(serve)}`;
}

/** Of two lists of words, only what came and what went. */
function listText(before: unknown, after: unknown): string | undefined {
  if (!isList(before) || !isList(after)) return undefined;
  const was = new Set(before);
  const is = new Set(after);
  const came = after.filter((item) => !was.has(item));
  const went = before.filter((item) => !is.has(item));
  // The same in another order.
  if (came.length + went.length === 0) return undefined;
  return [came.length > 0 && `added ${shortList(came)}`, went.length > 0 && `removed ${shortList(went)}`]
    .filter(Boolean)
    .join('; ');
}

function isList(value: unknown): value is (string | number | boolean)[] {
  return Array.isArray(value) && value.every((item) => item !== null && typeof item !== 'object');
}

function shortList(items: readonly unknown[]): string {
  const shown = items.slice(0, MAX_NAMED).map((item) => JSON.stringify(item));
  return items.length > shown.length ? `${shown.join(', ')} and ${items.length - shown.length} more` : shown.join(', ');
}
