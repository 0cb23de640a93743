import { added, changed, type DifferenceLine, keyLines, removed, valueText } from './difference-line.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What differs between two values of any shape, field by field. */
export function fieldLines(before: unknown, after: unknown, name = ''): DifferenceLine[] {
  if (isSame(before, after)) return [];
  if (isFields(before) && isFields(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return names.flatMap((field) => fieldLines(own(before, field), own(after, field), joined(name, field)));
  }
  if (Array.isArray(before) && Array.isArray(after)) return listLines(before, after, name);
  const last = name.split(' ').at(-1);
  if (isNothing(before)) return [added(`${name}: ${valueText(after, last)}`)];
  if (isNothing(after)) return [removed(`${name}: ${valueText(before, last)}`)];
  return [changed(name, valueText(before, last), valueText(after, last))];
}

function listLines(before: readonly unknown[], after: readonly unknown[], name: string): DifferenceLine[] {
  if ([...before, ...after].every((item) => typeof item === 'string')) {
    const lines = keyLines(name, before as string[], after as string[]);
    return lines.length > 0 ? lines : [changed(name, 'another order', valueText(after.join(', ')))];
  }
  const was = byName(before);
  const is = byName(after);
  const names = [...new Set([...was.keys(), ...is.keys()])];
  const lines = names.flatMap((item) => fieldLines(was.get(item), is.get(item), joined(name, item)));
  return lines.length > 0
    ? lines
    : [changed(`Order of ${name}`, [...was.keys()].join(', '), [...is.keys()].join(', '))];
}

/** Items by their key or id, or else by their place. */
function byName(items: readonly unknown[]): Map<string, unknown> {
  const nameOf = (item: unknown, index: number): string =>
    String((isFields(item) ? (own(item, 'key') ?? own(item, 'id')) : undefined) ?? index + 1);
  return new Map(items.map((item, index) => [nameOf(item, index), item]));
}

function joined(name: string, field: string): string {
  return name === '' ? field : `${name} ${field}`;
}

/** Documents have fields of any name, `constructor` too. */
function own(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isNothing(value: unknown): boolean {
  return value === undefined || value === null;
}

/** Whether two JSON values say the same; the order of fields does not matter. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other || (isNothing(one) && isNothing(other))) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, index) => isSame(item, other[index]));
  }
  if (!isFields(one) || !isFields(other)) return false;
  return [...new Set([...Object.keys(one), ...Object.keys(other)])].every((name) =>
    isSame(own(one, name), own(other, name)),
  );
}
