/** What is in an object, in a form that can be compared. */
import { isError, tagOf } from './kinds.ts';

/** Of longer lists it is not asked what they carry besides their members. */
const MAX_ASKED_LENGTH = 100;
/** Putting more members in order takes longer than a comparison may. */
const MAX_ORDERED = 1_000;

/** What a record has: its `equals` says that it is the same one, not that it looks the same. */
const RECORD_NAMES = ['id', '_id', 'uuid', 'key'];

/**
 * Also what is not enumerable: state all the same.
 *
 * @param beyond only what a list carries besides its members. Of long lists nobody does, and asking is slow.
 */
export function namesOf(value: object, beyond: boolean): readonly PropertyKey[] {
  const isUsual = Object.getPrototypeOf(value) === Array.prototype;
  if (beyond && isUsual && (value as readonly unknown[]).length >= MAX_ASKED_LENGTH) return [];
  let names: readonly PropertyKey[] = Object.getOwnPropertyNames(value);
  if (beyond) names = names.filter((name) => name !== 'length' && !(Number(name) >= 0));
  else if (isError(value)) names = names.filter((name) => name !== 'stack');
  const symbols = Object.getOwnPropertySymbols(value);
  return symbols.length ? [...names, ...symbols] : names;
}

/** What an instance says of itself: its JSON, or if asked the value that it stands for; itself if it says nothing. */
export function toldBy(value: object, asValue = true): unknown {
  const { toJSON } = value as { readonly toJSON?: unknown };
  try {
    if (typeof toJSON === 'function') return toJSON.call(value);
    return asValue ? value.valueOf() : value;
  } catch {
    return value;
  }
}

/** What its class says; undefined if it says nothing. */
export function equals(one: object, other: object): boolean | undefined {
  const { equals: isEqual } = one as { readonly equals?: unknown };
  try {
    const says = typeof isEqual === 'function' ? isEqual.call(one, other) : undefined;
    return typeof says === 'boolean' ? says : undefined;
  } catch {
    return undefined;
  }
}

/** Of dates, texts, patterns and boxed values: all of what they are. */
export function textOf(value: object): string {
  const own = value.valueOf();
  return own === value ? String(value) : `${String(own)} ${value}`;
}

/** Failures and errors are alike by class, name, message and code. The class has been looked at. */
export function isSameError(one: Error, other: Error): boolean {
  const { code: ours } = one as { readonly code?: unknown };
  const { code: theirs } = other as { readonly code?: unknown };
  return one.name === other.name && one.message === other.message && Object.is(ours, theirs);
}

/** A class on top may have its own idea of going through it. */
export function mapOf(value: object): ReadonlyMap<unknown, unknown> {
  const isUsual = Object.getPrototypeOf(value) === Map.prototype;
  return isUsual ? (value as ReadonlyMap<unknown, unknown>) : new Map(Map.prototype.entries.call(value));
}

export function setOf(value: object): ReadonlySet<unknown> {
  const isUsual = Object.getPrototypeOf(value) === Set.prototype;
  return isUsual ? (value as ReadonlySet<unknown>) : new Set(Set.prototype.values.call(value));
}

/** Members of a large set by their text, so that those that are alike are found at about the same place. */
export function inOrder(members: unknown[]): unknown[] {
  if (members.length < 4 || members.length > MAX_ORDERED) return members;
  const texts = new Map(members.map((member) => [member, jsonOf(member)]));
  return members.sort((one, other) => (texts.get(one)! < texts.get(other)! ? -1 : 1));
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    return '';
  }
}

/** A name that comes more than once has a list. */
export function byName(entries: FormData): ReadonlyMap<string, unknown> {
  const named = new Map<string, unknown>();
  entries.forEach((value, name) => {
    const before = named.get(name);
    named.set(name, before === undefined ? value : [before, value].flat());
  });
  return named;
}

/** By value, so that NaN is NaN and 0 is −0. */
export function isSameBytes(one: ArrayBufferView | ArrayBuffer, other: ArrayBufferView | ArrayBuffer): boolean {
  const [ours, theirs] = [numbersOf(one), numbersOf(other)];
  if (ours.length !== theirs.length) return false;
  for (let i = 0; i < ours.length; i++) {
    if (ours[i] !== theirs[i] && !Object.is(ours[i], theirs[i])) return false;
  }
  return true;
}

function numbersOf(value: ArrayBufferView | ArrayBuffer): ArrayLike<number> {
  if (!ArrayBuffer.isView(value)) return new Uint8Array(value);
  if (tagOf(value) === 'DataView') return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  return value as Uint8Array;
}

/** Whether it is something that has an id. An id of a driver may keep its bytes under such a name itself. */
export function isRecord(value: object): boolean {
  const fields = value as { readonly [name: string]: unknown };
  return RECORD_NAMES.some((name) => Object.hasOwn(fields, name) && !ArrayBuffer.isView(fields[name]));
}
