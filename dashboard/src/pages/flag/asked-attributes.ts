import type { SegmentRule } from '../../api/segments.ts';
import type { Condition, Serve, Targeting } from '../../api/targeting.ts';

/** An attribute that decides about somebody, and what is to be typed for it. */
export interface AskedAttribute {
  /** A literal name, or a JSON pointer if it begins with `/`. */
  readonly name: string;
  readonly kind: 'text' | 'number' | 'boolean';
  /** Values that rules compare it with. */
  readonly suggestions: readonly string[];
}

const NUMERIC = new Set(['lt', 'lte', 'gt', 'gte', 'modulo']);
/** Whose values say what the attribute can be. */
const LISTING = new Set(['in', 'semverEq']);
const MOST_SUGGESTIONS = 50;

/**
 * Every attribute that the rules of a flag, of what it needs, and of its segments look at, or by which they split, in the
 * order in which it is first read. The targeting key and the time have places of their own.
 */
export function askedAttributes(
  targetings: readonly Pick<Targeting, 'rules' | 'fallthrough'>[],
  segments: readonly { readonly rules: readonly SegmentRule[] }[],
): readonly AskedAttribute[] {
  const found = new Map<string, { kinds: Set<AskedAttribute['kind']>; suggestions: Set<string> }>();
  const at = (name: string) => {
    const known = found.get(name) ?? { kinds: new Set(), suggestions: new Set() };
    found.set(name, known);
    return known;
  };
  const read = ({ attribute, operator, values }: Condition): void => {
    if (attribute === undefined || attribute === '') return;
    const { kinds, suggestions } = at(attribute);
    if (NUMERIC.has(operator)) kinds.add('number');
    else if (operator !== 'exists') for (const value of values) kinds.add(kindOf(value));
    if (LISTING.has(operator)) for (const value of values) suggestions.add(String(value));
  };
  const split = (serve: Serve): void => {
    if ('slices' in serve && serve.by !== undefined) at(serve.by).kinds.add('text');
  };
  for (const { rules, fallthrough } of targetings) {
    for (const { when, serve } of rules) {
      when.forEach(read);
      split(serve);
    }
    split(fallthrough);
  }
  for (const { rules } of segments) for (const { when } of rules) when.forEach(read);
  for (const own of ['targetingKey', '$now']) found.delete(own);
  return [...found].map(([name, { kinds, suggestions }]) => ({
    name,
    kind: kinds.size === 1 ? ([...kinds][0] ?? 'text') : 'text',
    suggestions: [...suggestions].slice(0, MOST_SUGGESTIONS),
  }));
}

function kindOf(value: unknown): AskedAttribute['kind'] {
  return typeof value === 'number' ? 'number' : typeof value === 'boolean' ? 'boolean' : 'text';
}

/** Segments that rules name. */
export function namedSegments(targetings: readonly Pick<Targeting, 'rules'>[]): readonly string[] {
  const conditions = targetings.flatMap(({ rules }) => rules.flatMap(({ when }) => when));
  const named = conditions.filter(({ operator }) => operator === 'inSegment').flatMap(({ values }) => values);
  return [...new Set(named.map(String))];
}

/**
 * The context that the fields come to. An empty field is an attribute that the context does not have.
 *
 * @param more further attributes, as JSON; '' for none
 */
export function contextOf(
  targetingKey: string,
  attributes: readonly AskedAttribute[],
  typed: ReadonlyMap<string, string>,
  more: string,
): { readonly context: Record<string, unknown> } | { readonly problem: string } {
  const context = parseMore(more);
  if ('problem' in context) return context;
  const key = targetingKey.trim();
  if (key !== '') setOwn(context.context, ['targetingKey'], key);
  for (const { name, kind } of attributes) {
    const text = typed.get(name)?.trim() ?? '';
    if (text === '') continue;
    const names = name.startsWith('/') ? name.slice(1).split('/').map(unescaped) : [name];
    setOwn(context.context, names, typedAs(text, kind));
  }
  if (Object.keys(context.context).length === 0) return { problem: 'Say who is asking: a user id, or an attribute.' };
  return context;
}

function parseMore(more: string): { readonly context: Record<string, unknown> } | { readonly problem: string } {
  if (more.trim() === '') return { context: {} };
  try {
    const parsed: unknown = JSON.parse(more);
    const isObject = typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
    return isObject
      ? { context: parsed as Record<string, unknown> }
      : { problem: 'Write an object, like {"beta": true}.' };
  } catch (error) {
    return { problem: `This is not JSON: ${error instanceof Error ? error.message : 'check it'}` };
  }
}

function typedAs(text: string, kind: AskedAttribute['kind']): unknown {
  if (kind === 'number' && Number.isFinite(Number(text))) return Number(text);
  if (kind === 'boolean' && /^(true|false)$/.test(text)) return text === 'true';
  return text;
}

function unescaped(name: string): string {
  return name.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Defines properties: an attribute may be called `__proto__`. */
function setOwn(target: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: unknown): void {
  const own = Object.hasOwn(target, name) ? target[name] : undefined;
  const isBranch = typeof own === 'object' && own !== null && !Array.isArray(own);
  const next = rest.length === 0 ? value : isBranch ? own : {};
  Object.defineProperty(target, name, { value: next, enumerable: true, configurable: true, writable: true });
  if (rest.length > 0) setOwn(next as Record<string, unknown>, rest, value);
}

/** The attribute that somebody meant who typed an e-mail address as the user id; null: none, or it is none. */
export function meantAttribute(targetingKey: string, attributes: readonly AskedAttribute[]): string | null {
  if (!/^[^\s@]+@[^\s@]+$/.test(targetingKey.trim())) return null;
  return attributes.find(({ name }) => /(^|\/)e-?mail/i.test(name))?.name ?? null;
}
