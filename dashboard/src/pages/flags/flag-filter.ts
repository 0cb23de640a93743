import type { Flag, FlagType, Purpose } from '../../api/flags.ts';

const ORDERS = ['key', 'changed', 'evaluated'] as const;

/** What is looked for; an empty string: anything. Kept in the address, so a view can be sent to somebody. */
export interface FlagFilter {
  readonly text: string;
  readonly tag: string;
  readonly owner: string;
  readonly purpose: Purpose | '';
  readonly type: FlagType | '';
  readonly stale: 'any' | 'not-evaluated' | 'served-to-all' | '';
  readonly archived: 'yes' | 'all' | '';
  readonly order: (typeof ORDERS)[number];
}

export const NO_FILTER: FlagFilter = {
  text: '',
  tag: '',
  owner: '',
  purpose: '',
  type: '',
  stale: '',
  archived: '',
  order: 'key',
};

/** How the fields are called in the address. */
const NAMES = { text: 'q' } as const;

export function readFilter(search: URLSearchParams): FlagFilter {
  const fields = Object.entries(NO_FILTER).map(([field, none]) => [field, search.get(nameOf(field)) ?? none]);
  return Object.fromEntries(fields) as FlagFilter;
}

/** The query of the address; what is not looked for is left out. Anything else in it stays. */
export function writeFilter(search: URLSearchParams, filter: FlagFilter): URLSearchParams {
  const written = new URLSearchParams(search);
  for (const [field, value] of Object.entries(filter)) {
    if (value === NO_FILTER[field as keyof FlagFilter]) written.delete(nameOf(field));
    else written.set(nameOf(field), value);
  }
  return written;
}

function nameOf(field: string): string {
  return NAMES[field as keyof typeof NAMES] ?? field;
}

/** How many filters besides the text are set. */
export function countFilters(filter: FlagFilter): number {
  const fields = ['tag', 'owner', 'purpose', 'type', 'stale', 'archived'] as const;
  return fields.filter((field) => filter[field] !== '').length;
}

/** Made once for each flag: while somebody types, thousands are looked through at every key. */
const texts = new WeakMap<Flag, string>();

function textOf(flag: Flag): string {
  const known = texts.get(flag);
  if (known !== undefined) return known;
  const { key, name, description, tags } = flag;
  const text = [key, name, description, ...tags].join('\n').toLowerCase();
  texts.set(flag, text);
  return text;
}

/** Flags in which every word is found, and to which every filter applies. */
export function filterFlags(flags: readonly Flag[], filter: FlagFilter): readonly Flag[] {
  const { tag, owner, purpose, type, stale, archived, order } = filter;
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = flags.filter(
    (flag) =>
      (archived === 'all' || flag.archived === (archived === 'yes')) &&
      (tag === '' || flag.tags.includes(tag)) &&
      (owner === '' || flag.owner === owner) &&
      (purpose === '' || flag.purpose === purpose) &&
      (type === '' || flag.type === type) &&
      (stale === '' || (stale === 'any' ? (flag.stale ?? null) !== null : flag.stale === stale)) &&
      (words.length === 0 || words.every((word) => textOf(flag).includes(word))),
  );
  if (order === 'key') return found;
  const at = ({ lastChange, lastEvaluatedAt }: Flag): number =>
    (order === 'changed' ? lastChange?.at : lastEvaluatedAt) ?? 0;
  return found.sort((one, other) => at(other) - at(one));
}

/** What can be chosen from: every tag and owner that is in use, by name. */
export function choicesOf(flags: readonly Flag[]): { readonly tags: string[]; readonly owners: string[] } {
  const tags = new Set(flags.flatMap((flag) => flag.tags));
  const owners = new Set(flags.map(({ owner }) => owner).filter(Boolean));
  return { tags: [...tags].sort(), owners: [...owners].sort() };
}
