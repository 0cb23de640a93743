/**
 * Structural comparison that says where: the first difference that may not be, in the order of control's members.
 *
 * Alike are: objects whatever the order of their keys, a member that is `undefined` and one that is absent, NaN and NaN,
 * 0 and −0. Not alike are: a list and an object, instances of different classes, a Date and its text.
 */
import type { DifferenceKind } from '@dimmer/core';
import type { IsIgnored } from './ignored-paths.ts';

const MAX_NODES = 50_000;
const MAX_DEPTH = 80;

/** What a comparison came to. */
export type Verdict =
  | { readonly kind: 'same' | 'ignored' | 'failed' }
  | {
      readonly kind: 'different';
      readonly difference: DifferenceKind;
      /** Segments as they are; indexes of lists are `*`. */
      readonly segments: readonly string[];
      readonly control: unknown;
      readonly candidate: unknown;
    };

type Fields = { readonly [name: string]: unknown };

/** Compares two values. Never throws: what cannot be compared has `failed`. */
export function compareValues(control: unknown, candidate: unknown, isIgnored?: IsIgnored): Verdict {
  const segments: string[] = [];
  /** Pairs that are being compared: meeting one again, it is the other comparison's business. */
  const pairs = new Map<object, unknown>();
  let nodes = 0;
  let hasIgnored = false;
  let found: Verdict | undefined;

  /** Notes a difference. True if it counts, and the comparison is over. */
  function differs(difference: DifferenceKind, one: unknown, other: unknown): boolean {
    if (isIgnored?.(segments)) {
      hasIgnored = true;
      return false;
    }
    found = { kind: 'different', difference, segments: [...segments], control: one, candidate: other };
    return true;
  }

  function walkInto(segment: string, one: unknown, other: unknown): boolean {
    segments.push(segment);
    const isOver = walk(one, other);
    segments.pop();
    return isOver;
  }

  /** True if the comparison is over. */
  function walk(one: unknown, other: unknown): boolean {
    if (one === other || Object.is(one, other)) return false;
    if (++nodes > MAX_NODES || segments.length > MAX_DEPTH) throw RangeError();
    if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) {
      const kind = one === undefined ? 'added' : other === undefined ? 'missing' : undefined;
      return differs(
        kind ?? (typeof one === typeof other && one !== null && other !== null ? 'value' : 'type'),
        one,
        other,
      );
    }
    if (pairs.get(one) === other) return false;
    pairs.set(one, other);
    if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) {
      // A null prototype says no more than an object without one.
      if (!isPlain(one) || !isPlain(other)) return differs('type', one, other);
    }
    if (Array.isArray(one)) return walkLists(one, other as readonly unknown[]);
    if (one instanceof Map) return walkEntries(entriesOf(one), entriesOf(other as typeof one));
    if (one instanceof Set) return walkEntries(membersOf(one), membersOf(other as typeof one));
    if (one instanceof Date || one instanceof RegExp)
      return `${+one} ${one}` !== `${+other} ${other}` && differs('value', one, other);
    if (ArrayBuffer.isView(one) || one instanceof ArrayBuffer) {
      return !isSameBytes(bytesOf(one), bytesOf(other as typeof one)) && differs('value', one, other);
    }
    if (one instanceof Error) return `${one}` !== `${other}` && differs('value', one, other);
    return walkFields(one as Fields, other as Fields);
  }

  function walkLists(one: readonly unknown[], other: readonly unknown[]): boolean {
    const shared = Math.min(one.length, other.length);
    for (let i = 0; i < shared; i++) {
      // Pushed only where they are not the same, which for lists of numbers is nearly never.
      if (one[i] !== other[i] && walkInto('*', one[i], other[i])) return true;
    }
    if (one.length === other.length) return false;
    segments.push('*');
    const isOver = differs(one.length > other.length ? 'missing' : 'added', one[shared], other[shared]);
    segments.pop();
    return isOver;
  }

  function walkFields(one: Fields, other: Fields): boolean {
    for (const name of Object.keys(one)) {
      const theirs = Object.hasOwn(other, name) ? other[name] : undefined;
      if (one[name] !== theirs && walkInto(name, one[name], theirs)) return true;
    }
    for (const name of Object.keys(other)) {
      if (!Object.hasOwn(one, name) && walkInto(name, undefined, other[name])) return true;
    }
    return false;
  }

  function walkEntries(one: ReadonlyMap<unknown, unknown>, other: ReadonlyMap<unknown, unknown>): boolean {
    for (const [key, member] of one) if (walkInto(nameOf(key), member, other.get(key))) return true;
    for (const [key, member] of other) if (!one.has(key) && walkInto(nameOf(key), undefined, member)) return true;
    return false;
  }

  try {
    walk(control, candidate);
    return found ?? { kind: hasIgnored ? 'ignored' : 'same' };
  } catch {
    return { kind: 'failed' };
  }
}

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Copies of objects are never the same, so as keys, and in sets, they are known by their text. */
function keyOf(key: unknown): unknown {
  return typeof key === 'object'
    ? JSON.stringify(key, (_, part) => (typeof part === 'bigint' ? `${part}` : part))
    : key;
}

function entriesOf(map: ReadonlyMap<unknown, unknown>): ReadonlyMap<unknown, unknown> {
  return new Map([...map].map(([key, member]) => [keyOf(key), member]));
}

/** A set as a map from its members to whether they are there. */
function membersOf(set: ReadonlySet<unknown>): ReadonlyMap<unknown, true> {
  return new Map([...set].map((member) => [keyOf(member), true]));
}

function nameOf(key: unknown): string {
  return typeof key === 'string' || typeof key === 'number' ? `${key}` : '*';
}

function bytesOf(value: ArrayBufferView | ArrayBuffer): Uint8Array {
  return ArrayBuffer.isView(value)
    ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    : new Uint8Array(value);
}

function isSameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, i) => byte === other[i]);
}
