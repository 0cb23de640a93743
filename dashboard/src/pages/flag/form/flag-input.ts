import type { Flag, FlagType, Purpose, Variation } from '../../../api/flags.ts';
import { isSame } from '../../../history/field-difference.ts';
import { keyProblem } from '../../../sentences/key-rules.ts';

/** A variation while it is typed: its value as text. */
export interface TypedVariation {
  /** Tells the lines apart while keys are typed. */
  readonly line: string;
  readonly key: string;
  readonly value: string;
  readonly name: string;
}

/** A flag while it is typed. */
export interface FlagInput {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly type: FlagType;
  /** '': the usual one for the type. */
  readonly purpose: Purpose | '';
  readonly owner: string;
  readonly tags: readonly string[];
  readonly browser: boolean;
  readonly variations: readonly TypedVariation[];
}

/** What is wrong, by the path of the field: `key`, `variations[1].value`. */
export type Problems = ReadonlyMap<string, string>;

interface TypeChoice {
  readonly type: FlagType;
  readonly name: string;
  readonly meaning: string;
}

export const TYPES: readonly [TypeChoice, ...TypeChoice[]] = [
  { type: 'boolean', name: 'Boolean', meaning: 'on or off: the usual feature flag' },
  { type: 'string', name: 'String', meaning: 'one of several texts' },
  { type: 'number', name: 'Number', meaning: 'one of several numbers' },
  { type: 'json', name: 'JSON', meaning: 'one of several objects, such as settings' },
  { type: 'launch', name: 'Launch', meaning: 'new code beside the old: off, dark, live' },
  { type: 'migration', name: 'Migration', meaning: 'data from one schema to another, in six stages' },
];

export const PURPOSES: readonly Purpose[] = ['release', 'launch', 'experiment', 'ops', 'permission'];

const MOST = { name: 200, description: 2_000, owner: 200, tags: 50, tag: 64, variations: 50, variationBytes: 65_536 };

/** Whether somebody writes the variations of this type: those of the others are always the same. */
export function hasOwnVariations(type: FlagType): boolean {
  return type === 'string' || type === 'number' || type === 'json';
}

export function newVariation(key = '', value = ''): TypedVariation {
  return { line: crypto.randomUUID(), key, value, name: '' };
}

export function typedVariations({ type, variations }: Pick<Flag, 'type' | 'variations'>): TypedVariation[] {
  return variations.map(({ key, value, name = '' }) => ({
    line: key,
    key,
    name,
    value: type === 'json' ? JSON.stringify(value, null, 2) : String(value),
  }));
}

/** What the server would find wrong, in its own words. `taken`: the keys of the project's flags; null: it has one. */
export function problemsOf(input: FlagInput, project: string, taken: ReadonlySet<string> | null): Problems {
  const found = new Map<string, string>();
  const isLong = (field: 'name' | 'description' | 'owner'): void => {
    if (input[field].length > MOST[field]) found.set(field, `"${field}" must have at most ${MOST[field]} characters.`);
  };
  const ofKey = taken ? keyProblem(input.key) : null;
  if (ofKey !== null) found.set('key', ofKey);
  if (taken?.has(input.key))
    found.set('key', `Project "${project}" already has a flag "${input.key}". Choose another key.`);
  isLong('name');
  isLong('description');
  isLong('owner');
  if (input.tags.length > MOST.tags) found.set('tags', `"tags" must have at most ${MOST.tags} items.`);
  const long = input.tags.findIndex((tag) => tag.length > MOST.tag);
  if (long >= 0) found.set('tags', `"tags[${long}]" must have at most ${MOST.tag} characters.`);
  if (hasOwnVariations(input.type)) variationProblems(input, found);
  return found;
}

function variationProblems({ type, variations }: FlagInput, found: Map<string, string>): void {
  if (variations.length === 0) found.set('variations', `A ${type} flag needs variations.`);
  if (variations.length > MOST.variations) {
    found.set('variations', `"variations" must have at most ${MOST.variations} items.`);
  }
  const keys = new Set<string>();
  for (const [index, { key, value }] of variations.entries()) {
    const path = `variations[${index}]`;
    const ofKey = keyProblem(key);
    if (ofKey !== null) found.set(`${path}.key`, ofKey);
    else if (keys.has(key)) found.set(`${path}.key`, `Two variations have the key "${key}".`);
    keys.add(key);
    const parsed = parseValue(type, value);
    if ('problem' in parsed) found.set(`${path}.value`, `${parsed.problem}`);
    else if (new TextEncoder().encode(JSON.stringify(parsed.value)).length > MOST.variationBytes) {
      found.set(`${path}.value`, `Variation "${key}" is too large; the limit is ${MOST.variationBytes} bytes of JSON.`);
    }
  }
}

/** The value that a text stands for. */
function parseValue(
  type: FlagType,
  text: string,
): { readonly value: Variation['value'] } | { readonly problem: string } {
  if (type === 'number') {
    const number = Number(text.trim());
    return text.trim() !== '' && Number.isFinite(number) ? { value: number } : { problem: 'Send a number value.' };
  }
  if (type !== 'json') return { value: text };
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return { problem: `This is not JSON: ${error instanceof Error ? error.message : 'check it'}` };
  }
}

/** What is sent to create the flag. */
export function creationOf(input: FlagInput): Record<string, unknown> {
  const { key, name, description, type, purpose, owner, tags, browser } = input;
  return {
    key,
    type,
    browser,
    ...(name !== '' && { name }),
    ...(description !== '' && { description }),
    ...(purpose !== '' && { purpose }),
    ...(owner !== '' && { owner }),
    ...(tags.length > 0 && { tags }),
    ...(hasOwnVariations(type) && { variations: variationsOf(input) }),
  };
}

/** Only what differs from the flag as it was read, so that what others change meanwhile stays. */
export function changesOf(flag: Flag, input: FlagInput): Record<string, unknown> {
  const wanted: Record<string, unknown> = {
    name: input.name,
    description: input.description,
    owner: input.owner,
    tags: input.tags,
    browser: input.browser,
    purpose: input.purpose || flag.purpose,
    ...(hasOwnVariations(flag.type) && { variations: variationsOf(input, flag.variations) }),
  };
  const changed = Object.entries(wanted).filter(([field, value]) => !isSame(value, flag[field as keyof Flag]));
  return Object.fromEntries(changed);
}

function variationsOf({ type, variations }: FlagInput, before: readonly Variation[] = []): Variation[] {
  return variations.map(({ line, key, value, name }) => {
    const parsed = parseValue(type, value);
    const description = before.find((each) => each.key === line)?.description;
    return {
      key,
      value: 'value' in parsed ? parsed.value : null,
      ...(name !== '' && { name }),
      ...(description !== undefined && { description }),
    };
  });
}
