import { hasStages } from '@dimmer/core/flag-types';
import { isObject } from '@dimmer/core/same-json';

/** A flag as lists have it; what matters for its type. */
export interface TypedFlag {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly browser: boolean;
  readonly variations: readonly { readonly key: string; readonly value: unknown }[];
}

/**
 * The TypeScript type of what a flag can serve. Values may be changed on the server without a new build, so strings and
 * numbers are any, unless `literals` asks for those of today.
 */
export function valueType({ type, variations }: TypedFlag, literals: boolean): string {
  if (type === 'boolean') return 'boolean';
  // Their variations are always the same.
  if (hasStages(type)) return union(variations.map(({ value }) => JSON.stringify(value)));
  if (type === 'json') return union(variations.map(({ value }) => shapeOf(value)));
  if (literals) return union(variations.map(({ value }) => JSON.stringify(value)));
  return type === 'number' ? 'number' : 'string';
}

/** What a JSON value is made of. */
function shapeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return `readonly (${value.length > 0 ? union(value.map(shapeOf)) : 'never'})[]`;
  if (!isObject(value)) return typeof value;
  const fields = Object.keys(value).sort();
  if (fields.length === 0) return '{ readonly [name: string]: never }';
  return `{ ${fields.map((name) => `readonly ${JSON.stringify(name)}: ${shapeOf(value[name])}`).join('; ')} }`;
}

function union(types: readonly string[]): string {
  return [...new Set(types)].sort().join(' | ') || 'never';
}
