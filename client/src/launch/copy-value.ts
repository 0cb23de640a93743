/**
 * A structural copy, taken on the caller's path: bounded, and never throwing. What `structuredClone` refuses (functions,
 * instances) is taken as it can be compared; what would have to be read to be copied (streams, promises) is refused.
 */

/** Objects and members in one value. */
const MAX_NODES = 20_000;
const MAX_DEPTH = 64;
/** Characters and bytes in one value. */
const MAX_LENGTH = 1_048_576;

/** Thrown inside, and caught here. */
const TOO_LARGE = 'large';

export type Copied<Value> =
  | { readonly copied: true; readonly value: Value }
  | { readonly copied: false; readonly why: 'large' | 'uncopyable' };

/** Copies a value. Cycles stay cycles; instances keep their prototype; functions are shared. */
export function copyValue<Value>(value: Value): Copied<Value> {
  // Most values that are not objects come and go without a closure being made for them.
  if (typeof value !== 'object' || value === null) return { copied: true, value };
  let nodes = 0;
  let length = 0;
  let copies: Map<object, unknown> | undefined;

  function spend(amount: number): void {
    length += amount;
    if (length > MAX_LENGTH) throw TOO_LARGE;
  }

  function copy(original: unknown, depth: number): unknown {
    if (++nodes > MAX_NODES || depth > MAX_DEPTH) throw TOO_LARGE;
    if (typeof original === 'string') spend(original.length);
    if (typeof original !== 'object' || original === null) return original;
    const known = copies?.get(original);
    if (known !== undefined) return known;
    // In a short value a cycle would be noticed too late, and a shared part is copied twice without harm; so all are kept.
    copies ??= new Map();
    return copyObject(original, depth + 1, copies);
  }

  function copyObject(original: object, depth: number, known: Map<object, unknown>): unknown {
    if (Array.isArray(original)) {
      const list: unknown[] = [];
      known.set(original, list);
      // The length may be claimed without the members being there.
      if (original.length > MAX_NODES) throw TOO_LARGE;
      for (let i = 0; i < original.length; i++) list.push(copy(original[i], depth));
      return list;
    }
    const prototype = Object.getPrototypeOf(original);
    if (prototype !== Object.prototype && prototype !== null) {
      const special = copySpecial(original, depth, known);
      if (special) return special;
    }
    const fields = Object.create(prototype);
    known.set(original, fields);
    for (const name of Object.keys(original)) {
      const member = copy((original as { readonly [name: string]: unknown })[name], depth);
      // Assigning would call a setter of the prototype's, or set the prototype.
      if (name in fields) Object.defineProperty(fields, name, { value: member, enumerable: true, configurable: true });
      else fields[name] = member;
    }
    return fields;
  }

  function copySpecial(original: object, depth: number, known: Map<object, unknown>): object | undefined {
    if (original instanceof Date) return new Date(original);
    if (original instanceof RegExp) return new RegExp(original);
    if (original instanceof Map) {
      const map = new Map();
      known.set(original, map);
      for (const [key, member] of original) map.set(copy(key, depth), copy(member, depth));
      return map;
    }
    if (original instanceof Set) {
      const set = new Set();
      known.set(original, set);
      for (const member of original) set.add(copy(member, depth));
      return set;
    }
    if (ArrayBuffer.isView(original) || original instanceof ArrayBuffer) {
      spend(original.byteLength);
      return structuredClone(original);
    }
    if (original instanceof Error) {
      const { name, message, cause } = original;
      const { code } = original as { readonly code?: unknown };
      return Object.assign(Object.create(Object.getPrototypeOf(original)), {
        name,
        message,
        code,
        cause: copy(cause, depth),
      });
    }
    if (UNREADABLE.some((kind) => kind !== undefined && original instanceof kind)) throw new TypeError();
    return undefined;
  }

  try {
    return { copied: true, value: copy(value, 0) as Value };
  } catch (fault) {
    return { copied: false, why: fault === TOO_LARGE ? 'large' : 'uncopyable' };
  }
}

type Kind = abstract new (...args: never[]) => object;

/** What has no content until somebody reads it, or shows none. */
const UNREADABLE: readonly (Kind | undefined)[] = [
  Promise,
  WeakMap,
  WeakSet,
  WeakRef,
  globalThis.Response,
  globalThis.Request,
  globalThis.ReadableStream,
  globalThis.WritableStream,
  globalThis.Blob,
];
