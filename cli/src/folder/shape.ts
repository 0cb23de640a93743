import { isObject } from '@dimmer/core/same-json';

/** Where something stands in a file: names of fields, positions in lists. */
export type Path = readonly (string | number)[];

/** Told what is wrong, and where. */
type Tell = (path: Path, message: string) => void;

/** What a value must be like; tells everything that it is not. */
export type Shape = (value: unknown, path: Path, tell: Tell) => void;

export const text: Shape = (value, path, tell) => {
  if (typeof value !== 'string') tell(path, `must be text${hintFor(value)}`);
};

export const bool: Shape = (value, path, tell) => {
  if (typeof value !== 'boolean') tell(path, 'must be true or false');
};

export const whole: Shape = (value, path, tell) => {
  if (!Number.isSafeInteger(value)) tell(path, 'must be a whole number');
};

/** Anything that JSON can say. */
export const json: Shape = (value, path, tell) => {
  if (typeof value === 'number' && !Number.isFinite(value)) tell(path, 'must be a number that JSON can say');
  if (Array.isArray(value)) value.forEach((item, index) => void json(item, [...path, index], tell));
  else if (isObject(value)) for (const [name, each] of Object.entries(value)) json(each, [...path, name], tell);
};

export const oneOf =
  (...choices: readonly (string | number)[]): Shape =>
  (value, path, tell) => {
    if (!choices.includes(value as string)) tell(path, `must be one of: ${choices.join(', ')}`);
  };

export const listOf =
  (item: Shape): Shape =>
  (value, path, tell) => {
    if (!Array.isArray(value)) tell(path, 'must be a list');
    else value.forEach((each, index) => void item(each, [...path, index], tell));
  };

/** Names of any kind, each with the same shape behind it. */
export const mapOf =
  (item: Shape): Shape =>
  (value, path, tell) => {
    if (!isObject(value)) tell(path, 'must have names, each with its fields below it');
    else for (const [name, each] of Object.entries(value)) item(each, [...path, name], tell);
  };

/** These fields and no others: a misspelled field must not pass for one that was left out. */
export const fields =
  (required: Readonly<Record<string, Shape>>, optional: Readonly<Record<string, Shape>> = {}): Shape =>
  (value, path, tell) => {
    if (!isObject(value)) {
      tell(path, `must have fields: ${[...Object.keys(required), ...Object.keys(optional)].join(', ')}`);
      return;
    }
    for (const name of Object.keys(required)) {
      if (!Object.hasOwn(value, name)) tell([...path, name], 'is missing');
    }
    for (const [name, each] of Object.entries(value)) {
      const shape = Object.hasOwn(required, name) ? required[name] : Object.hasOwn(optional, name) && optional[name];
      if (shape) shape(each, [...path, name], tell);
      else {
        const known = [...Object.keys(required), ...Object.keys(optional)];
        tell([...path, name], `is not a field here; there are: ${known.join(', ')}`);
      }
    }
  };

/** E.g. `rules[2].when[0].operator`, as the server writes it too. */
export function pathText(path: Path): string {
  let said = '';
  for (const part of path) said += typeof part === 'number' ? `[${part}]` : `${said === '' ? '' : '.'}${part}`;
  return said;
}

/** The same backwards. */
export function pathOf(said: string): Path {
  return [...said.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([name, index]) => (index === undefined ? name : Number(index)));
}

function hintFor(value: unknown): string {
  return value === null || typeof value === 'object' ? '' : `; put it in quotes: "${String(value)}"`;
}
