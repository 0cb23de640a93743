/** Making another of what the platform has, with the same content. Members are copied by the caller. */
import { tagOf } from './kinds.ts';

export type Fields = { [name: PropertyKey]: unknown };

/**
 * Another of its kind: maps and sets empty, everything else as the original is. Its class may be one on top, and is set
 * by the caller.
 *
 * @param toLook it is only looked at, so an error needs no stack: to read one is to have it put into words
 * @throws what the platform throws if it is not what it says
 */
export function remake(original: object, kind: string, toLook: boolean): object {
  switch (kind) {
    case 'map':
      return new Map();
    case 'set':
      return new Set();
    case 'date':
      return new Date(Date.prototype.getTime.call(original));
    case 'regexp': {
      const { source, flags, lastIndex } = original as RegExp;
      return Object.assign(new RegExp(source, flags), { lastIndex });
    }
    case 'error':
      return remakeError(original as Error, toLook);
    case 'boxed':
      return Object(original.valueOf());
    case 'text':
      return new URL((original as URL).href);
    default:
      return remakeEntries(original as FormData);
  }
}

function remakeError(original: Error, toLook: boolean): object {
  const { name, message } = original;
  if (tagOf(original) === 'DOMException') return new DOMException(message, name);
  if (toLook) return Object.create(Object.getPrototypeOf(original));
  const { stack } = original;
  const made = new Error(message);
  define(made as unknown as Fields, 'stack', { value: stack, enumerable: false, writable: true });
  return made;
}

function remakeEntries(original: FormData): object {
  if (tagOf(original) !== 'FormData') {
    return new (original as unknown as { constructor: new (from: unknown) => object }).constructor(original);
  }
  const made = new FormData();
  original.forEach((value, name) => void made.append(name, value as string));
  return made;
}

/** Assigning would call a setter of the prototype's, or set the prototype. */
export function define(made: Fields, name: PropertyKey, said: PropertyDescriptor): void {
  Object.defineProperty(made, name, { configurable: true, ...said });
}
