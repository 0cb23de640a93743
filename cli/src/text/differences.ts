import { isObject, isSameJson } from '@dimmer/core/same-json';

/** One difference of two documents. `undefined`: the value does not exist on that side. */
export interface Difference {
  /** E.g. `rules[testers].serve`. Items are named by their id or key, not by their position. */
  readonly path: string;
  readonly before: unknown;
  readonly after: unknown;
}

/** What items of a list are called by, the first that all of them have. */
const NAMES = ['id', 'key', 'flag', 'variation'] as const;

/** Structural difference of two values, down to the smallest parts that still mean something to a reader. */
export function differences(before: unknown, after: unknown, path = ''): Difference[] {
  if (isSameJson(before, after)) return [];
  if (isPlain(before) && isPlain(after)) {
    const names = [...new Set([...Object.keys(after), ...Object.keys(before)])];
    return names.flatMap((name) => differences(own(before, name), own(after, name), path ? `${path}.${name}` : name));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const name = NAMES.find((each) => isNamedBy(before, each) && isNamedBy(after, each));
    if (name) return listDifferences(before, after, name, path);
    if ([...before, ...after].every(isPlain)) return placeDifferences(before, after, path);
  }
  return [{ path, before, after }];
}

function listDifferences(
  before: readonly Record<string, unknown>[],
  after: readonly Record<string, unknown>[],
  name: string,
  path: string,
): Difference[] {
  const was = new Map(before.map((item) => [item[name], item]));
  const is = new Map(after.map((item) => [item[name], item]));
  const found = [...new Set([...was.keys(), ...is.keys()])].flatMap((key) => {
    const { [name]: _before, ...old } = was.get(key) ?? {};
    const { [name]: _after, ...now } = is.get(key) ?? {};
    const at = `${path}[${key}]`;
    if (!was.has(key)) return [{ path: at, before: undefined, after: now }];
    return is.has(key) ? differences(old, now, at) : [{ path: at, before: old, after: undefined }];
  });
  const stay = (keys: Iterable<unknown>, other: ReadonlyMap<unknown, unknown>) =>
    [...keys].filter((key) => other.has(key));
  const oldOrder = stay(was.keys(), is);
  const newOrder = stay(is.keys(), was);
  return isSameJson(oldOrder, newOrder)
    ? found
    : [...found, { path: `${path} order`, before: oldOrder, after: newOrder }];
}

/** Of items that have no names of their own: by where they stand. */
function placeDifferences(before: readonly unknown[], after: readonly unknown[], path: string): Difference[] {
  const longer = before.length > after.length ? before : after;
  return longer.flatMap((_, index) => differences(before[index], after[index], `${path}[${index}]`));
}

/** Every item has a name of that kind, and no two have the same. */
function isNamedBy(items: readonly unknown[], name: string): items is Record<string, unknown>[] {
  const names = items.map((item) => isPlain(item) && typeof item[name] === 'string' && item[name]);
  return names.every((each) => each !== false) && new Set(names).size === names.length;
}

/** A thing with fields that are worth telling apart. What is served is one thing: it is read as a whole. */
function isPlain(value: unknown): value is Record<string, unknown> {
  return isObject(value) && !isServed(value);
}

/** An allocation, or one variation. */
export function isServed(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Array.isArray(value.slices) || (Object.keys(value).length === 1 && typeof value.variation === 'string');
}

function own(value: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(value, name) ? value[name] : undefined;
}

/** Of some fields, those whose values differ. */
export function changedFields(
  desired: Readonly<Record<string, unknown>>,
  found: readonly Difference[],
): Record<string, unknown> {
  const changed = new Set(found.map(({ path }) => /^[^.[ ]+/.exec(path)?.[0]));
  return Object.fromEntries(Object.entries(desired).filter(([name]) => changed.has(name)));
}

/** What is worth saying of something new: not what is empty or as usual. */
export function newFields(fields: Readonly<Record<string, unknown>>, key?: string): Difference[] {
  const isUsual = (name: string, value: unknown) =>
    value === '' ||
    value === false ||
    (Array.isArray(value) && value.length === 0) ||
    (name === 'name' && value === key);
  const telling = Object.entries(fields).filter(([name, value]) => !isUsual(name, value));
  const empty = telling.filter(([, value]) => Array.isArray(value)).map(([name]) => [name, []] as const);
  return differences(Object.fromEntries(empty), Object.fromEntries(telling));
}
