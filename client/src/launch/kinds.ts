/**
 * What a value is, so that copying, comparing and showing agree on what can be seen of it. Told by the tag that the
 * platform gives (`Object.prototype.toString`), which holds for values of another realm as well (`node:vm`, Jest, frames).
 * Why: decision 0161.
 */

/** How the content of an object is reached. */
type Kind =
  | 'plain' // no class: its members
  | 'class' // an instance of the application's
  | 'list'
  | 'map'
  | 'set'
  | 'date'
  | 'regexp'
  | 'error'
  | 'boxed' // Object(1)
  | 'bytes' // typed arrays, Buffer, DataView, ArrayBuffer
  | 'text' // URL: its text says all
  | 'entries' // URLSearchParams, Headers, FormData
  | 'fixed' // Blob, File, keys: nobody can change them, so they are shared
  | 'hidden' // state that the platform keeps
  | 'unread'; // streams, bodies, iterators, promises, queries: to look is to take, or to start something

/** What holds of all instances of one class. */
export interface Nature {
  readonly kind: Kind;
  /** Has private fields besides. */
  readonly hides: boolean;
  /**
   * Has private methods, which only work on what its constructor has made, or inherits from an object: a copy may be
   * looked at, but not be used.
   */
  readonly isBranded: boolean;
}

const PLAIN: Nature = { kind: 'plain', hides: false, isBranded: false };
const LIST: Nature = { kind: 'list', hides: false, isBranded: false };

const KINDS = new Map<string, Kind>();
for (const [kind, tags] of [
  ['map', 'Map'],
  ['set', 'Set'],
  ['date', 'Date'],
  ['regexp', 'RegExp'],
  ['error', 'Error DOMException'],
  ['boxed', 'Number String Boolean Symbol BigInt'],
  ['bytes', 'ArrayBuffer SharedArrayBuffer'],
  ['text', 'URL'],
  ['entries', 'URLSearchParams Headers FormData'],
  ['fixed', 'Blob File CryptoKey KeyObject'],
  ['hidden', 'AbortSignal AbortController EventTarget WeakMap WeakSet WeakRef'],
  ['unread', 'Promise Response Request Generator AsyncGenerator'],
] as const) {
  for (const tag of tags.split(' ')) KINDS.set(tag, kind);
}

/** Kinds that are never looked into member by member. */
const WITHOUT_MEMBERS = /text|entries|fixed|hidden|unread/;

const natures = new WeakMap<object, Nature>();

/** Runs no code of the value's own but a proxy's, and a class's own tag; what they throw is thrown. */
export function natureOf(value: object): Nature {
  const prototype = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) return PLAIN;
  if (prototype === Array.prototype) return LIST;
  let nature = natures.get(prototype);
  if (!nature) {
    nature = natureByClass(value, prototype);
    natures.set(prototype, nature);
  }
  return nature;
}

function natureByClass(value: object, prototype: object): Nature {
  // The same class of another realm.
  if (Object.getPrototypeOf(prototype) === null && !Object.hasOwn(prototype, Symbol.toStringTag)) return PLAIN;
  const kind = builtInKind(value);
  const hidden = privacyOf(prototype, !kind);
  // The platform's own may be written with private fields as well, and are known.
  if (kind && WITHOUT_MEMBERS.test(kind)) return { kind, hides: false, isBranded: false };
  if (kind) return { kind, hides: hidden === 'state', isBranded: hidden === 'methods' };
  if (hidden === 'slots') return { kind: 'hidden', hides: false, isBranded: false };
  return { kind: 'class', hides: hidden === 'state', isBranded: hidden === 'methods' || inheritsState(prototype) };
}

function builtInKind(value: object): Kind | undefined {
  if (Array.isArray(value)) return 'list';
  if (ArrayBuffer.isView(value)) return 'bytes';
  const tag = tagOf(value);
  const kind = KINDS.get(tag);
  if (kind) return kind;
  if (value instanceof Error) return 'error';
  const isIterator = 'next' in value && (Symbol.iterator in value || Symbol.asyncIterator in value);
  return isIterator || 'then' in value || ('pipe' in value && 'on' in value) || tag.endsWith('Stream')
    ? 'unread'
    : undefined;
}

/** The platform's name for what it is: `Date`, `Map`, `URL`, `Array Iterator`. */
export function tagOf(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

/** What a class, or one that it extends, keeps where members do not show it. */
type Privacy = 'slots' | 'state' | 'methods' | undefined;

/** @param all classes of the platform as well, which keep theirs in slots */
function privacyOf(prototype: object, all: boolean): Privacy {
  let privacy: Privacy;
  for (let at = prototype; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    const { value: made } = Object.getOwnPropertyDescriptor(at, 'constructor') ?? {};
    if (typeof made !== 'function') continue;
    const source = sourceOf(made);
    const isNative = /\{\s*\[native code\]\s*\}$/.test(source);
    // The last of a chain is what all objects of another realm come from.
    const found = isNative ? all && Object.getPrototypeOf(at) !== null && 'slots' : privacyIn(source);
    if (found === 'slots') return found;
    privacy = found === 'state' ? found : (privacy ?? (found || undefined));
  }
  return privacy;
}

/** Whether it is an error, also one of another realm. A value that cannot be asked is none. */
export function isError(value: unknown): value is Error {
  try {
    return typeof value === 'object' && value !== null && natureOf(value).kind === 'error';
  } catch {
    return false;
  }
}

function sourceOf(made: unknown): string {
  return typeof made === 'function' ? Function.prototype.toString.call(made) : '';
}

/**
 * The text of a class is all that tells. A private field is declared (`#cents;`, `#cents = 0`) and used (`this.#cents`);
 * what is static is nothing of an instance. Compilers for older targets keep them in WeakMaps, by helpers.
 */
function privacyIn(source: string): Privacy {
  if (/classPrivateField|__private(Get|Add)\(/i.test(source)) return 'state';
  let privacy: Privacy;
  for (const [, before = '', name, after] of source.matchAll(DECLARED)) {
    if (before.startsWith('static') || !source.includes(`.#${name}`)) continue;
    if (after !== '(') return 'state';
    privacy = 'methods';
  }
  return privacy;
}

const DECLARED = /(\bstatic\s+|[;{}\s/*])#([\w$\u0080-\uffff]+)(?=\s*([=;}\n(]))/g;

/** Whether two prototypes are of one class: the same, none at all, or of two copies of one package or of two realms. */
export function isSameClass(one: object | null, other: object | null): boolean {
  if (one === other || (isPlain(one) && isPlain(other))) return true;
  if (one === null || other === null || isAdHoc(one) || isAdHoc(other)) return false;
  const source = sourceOf(one.constructor);
  return source !== '' && source === sourceOf(other.constructor);
}

/** Whether it is no class, but an object that others were made from (`Object.create(settings)`). */
export function isAdHoc(prototype: object | null): boolean {
  return prototype !== null && !isPlain(prototype) && !Object.hasOwn(prototype, 'constructor');
}

/** What is made from an object shares what that holds. */
function inheritsState(prototype: object): boolean {
  const held = Object.values(Object.getOwnPropertyDescriptors(prototype));
  return isAdHoc(prototype) && held.some(({ value }) => typeof value === 'object' && value !== null);
}

function isPlain(prototype: object | null): boolean {
  return (
    prototype === null || (Object.getPrototypeOf(prototype) === null && !Object.hasOwn(prototype, Symbol.toStringTag))
  );
}
