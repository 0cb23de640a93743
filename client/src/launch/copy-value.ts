/**
 * A structural copy, taken on the caller's path: bounded by size and time, and never throwing. It is true, or it is none:
 * what would be shared with the original (functions, private fields, sockets) is refused and named. Why: decision 0160.
 */
import type { NotComparedCause } from '@dimmer/core';
import { toldBy } from './contents.ts';
import { isError, natureOf, tagOf } from './kinds.ts';
import { define, type Fields, remake } from './remake.ts';
import { origins, Unasked } from './unseen.ts';

/** Objects and members in one value. */
const MAX_NODES = 20_000;
const MAX_DEPTH = 64;
/** Characters of text, which is not copied but kept; and bytes. */
const MAX_LENGTH = 1_048_576;
/** Bytes, where there is little time: copying cannot be stopped to look at the clock. */
const MAX_BYTES_IN_TIME = 100_000;
/** The clock is looked at after so many members: a look costs as much as a member. */
const NODES_BETWEEN_LOOKS = 100;
/** So many rows of a list are asked for getters and what is hidden; others with the same names are taken for like them. */
const ASKED_ROWS = 2;

/** What cannot be copied truly. */
export interface Uncopyable {
  readonly why: Exclude<NotComparedCause, 'threw'>;
  /** Keys down to it. */
  readonly where: readonly PropertyKey[];
}

export type Copied<Value> =
  | {
      readonly copied: true;
      readonly value: Value;
      /** Of a copy that is only to be looked at: why it may not be handed to code. */
      readonly shares?: Uncopyable | undefined;
    }
  | ({ readonly copied: false } & Uncopyable);

/** Whether the time for something is over; asked every hundred members or so. */
export type IsOver = () => boolean;

export interface CopyTerms {
  /**
   * The copy is compared and shown, and never handed to code. What cannot be copied is then part of it as it is, and is
   * seen by the comparison for what it is.
   */
  readonly toLook?: boolean;
  /** Whether its time is over. Default: no limit but those of size. */
  readonly isOver?: IsOver;
}

class Refusal {
  readonly why: Uncopyable['why'];
  readonly depth: number;

  constructor(why: Uncopyable['why'], depth: number) {
    this.why = why;
    this.depth = depth;
  }
}

/** Copies a value. Cycles stay cycles, instances keep their class. */
export function copyValue<Value>(value: Value, { toLook = false, isOver }: CopyTerms = {}): Copied<Value> {
  // Most values that are not objects come and go without a closure being made for them.
  if (value === null || (typeof value !== 'object' && (toLook || typeof value !== 'function'))) {
    return { copied: true, value };
  }
  let nodes = 0;
  let nextLook = NODES_BETWEEN_LOOKS;
  let length = 0;
  let bytes = 0;
  let shares: Uncopyable | undefined;
  /** Views by the memory that they are on. */
  let views: Map<unknown, [from: number, to: number][]> | undefined;
  const copies = new Map<object, unknown>();
  /** The names of the object without a class that was copied last, if they are all that there is to it. */
  let lastNames: readonly string[] | undefined;
  const at: PropertyKey[] = [];

  function step(depth: number, count = 1): void {
    nodes += count;
    if (nodes < nextLook) return;
    nextLook = nodes + NODES_BETWEEN_LOOKS;
    if (nodes > MAX_NODES || isOver?.()) throw new Refusal('large', depth);
  }

  /** Refuses what cannot be copied; where the copy is only looked at, it may be part of it. */
  function share(why: Uncopyable['why'], depth: number): void {
    if (!toLook) throw new Refusal(why, depth);
    shares ??= { why, where: at.slice(1, depth) };
  }

  function copy(original: unknown, key: PropertyKey, depth: number): unknown {
    step(depth);
    if (typeof original === 'string') {
      keepText(original.length, depth);
      return original;
    }
    if (typeof original === 'function') {
      at[depth] = key;
      share('opaque', depth + 1);
      return original;
    }
    if (typeof original !== 'object' || original === null) return original;
    const known = copies.get(original);
    if (known !== undefined) return known;
    at[depth] = key;
    if (depth > MAX_DEPTH) throw new Refusal('large', depth + 1);
    return copyObject(original, depth + 1);
  }

  function copyObject(original: object, depth: number): object {
    const { kind, hides, isBranded } = natureOf(original);
    if (kind === 'plain') {
      const proto = Object.getPrototypeOf(original);
      return copyPlain(original, remember(original, proto === null ? Object.create(null) : {}), depth);
    }
    if (kind === 'fixed') return original;
    if (kind === 'unread' || kind === 'hidden') {
      share(kind === 'unread' ? 'unread' : 'opaque', depth);
      return original;
    }
    if (hides || isBranded) share('opaque', depth);
    const made = copyOfKind(original, kind, depth);
    if (hides) origins.set(made, { original, told: told(original, depth) });
    return made;
  }

  function copyOfKind(original: object, kind: string, depth: number): object {
    const prototype = Object.getPrototypeOf(original);
    if (kind === 'list') return copyList(original as readonly unknown[], prototype, depth);
    if (kind === 'class') return copyMembers(original, remember(original, Object.create(prototype)), depth);
    const made = remember(
      original,
      kind === 'bytes' ? copyBytes(original as ArrayBuffer, depth) : remake(original, kind, toLook),
    );
    if (Object.getPrototypeOf(made) !== prototype) Object.setPrototypeOf(made, prototype);
    if (kind === 'map') {
      const map = made as Map<unknown, unknown>;
      for (const [key, member] of Map.prototype.entries.call(original)) {
        const name = typeof key === 'object' ? '*' : String(key);
        Map.prototype.set.call(map, copy(key, name, depth), copy(member, name, depth));
      }
    } else if (kind === 'set') {
      for (const member of Set.prototype.values.call(original)) {
        Set.prototype.add.call(made, copy(member, '*', depth));
      }
    }
    return kind === 'map' || kind === 'set' || kind === 'date' || kind === 'error'
      ? copyMembers(original, made as Fields, depth)
      : made;
  }

  function remember<Made extends object>(original: object, made: Made): Made {
    copies.set(original, made);
    return made;
  }

  function copyList(original: readonly unknown[], prototype: object, depth: number): object {
    // The length may be claimed without the members being there.
    if (original.length > MAX_NODES) throw new Refusal('large', depth);
    const list: unknown[] = remember(original, []);
    if (prototype !== Array.prototype) Object.setPrototypeOf(list, prototype);
    let names: readonly string[] | undefined;
    for (let i = 0; i < original.length; i++) {
      const member = original[i];
      if (i >= ASKED_ROWS && names && isRowOf(names, member)) {
        at[depth] = i;
        list[i] = copies.get(member) ?? copyRow(member, names, depth + 1);
      } else if (member !== undefined || i in original) {
        lastNames = undefined;
        list[i] = copy(member, i, depth);
        names = lastNames;
      }
    }
    list.length = original.length;
    // What a list carries besides, as the result of a match does. Of long lists nobody does, and asking is slow.
    const hasMore =
      prototype !== Array.prototype || (original.length < 100 && Object.keys(original).length > original.length);
    return hasMore ? copyMembers(original, list as unknown as Fields, depth, true) : list;
  }

  /** What most values are made of; written out, because all the others together are not met as often. */
  function copyPlain(original: object, made: Fields, depth: number): Fields {
    const names = Object.getOwnPropertyNames(original);
    let isAll = true;
    step(depth, names.length);
    // By index, and without a call for each text: the first copies run before the engine has compiled anything.
    let characters = 0;
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!;
      const said = Object.getOwnPropertyDescriptor(original, name);
      if (!said?.enumerable || said.get || said.set || name === '__proto__') {
        copyMember(original, made, name, depth);
        isAll = false;
        continue;
      }
      const member: unknown = said.value;
      if (typeof member === 'string') {
        characters += member.length;
        made[name] = member;
      } else {
        const isReference = (typeof member === 'object' && member !== null) || typeof member === 'function';
        made[name] = isReference ? copy(member, name, depth) : member;
      }
    }
    keepText(characters, depth);
    const symbols = Object.getOwnPropertySymbols(original);
    for (const name of symbols) copyMember(original, made, name, depth);
    lastNames = isAll && symbols.length === 0 ? names : undefined;
    return likeInRights(original, made);
  }

  /** Copies a row of a list that is like those before it, at a third of the price. */
  function copyRow(original: Fields, names: readonly string[], depth: number): unknown {
    step(depth, names.length);
    const made: Fields = remember(original, { ...original });
    let characters = 0;
    for (let i = 0; i < names.length; i++) {
      const name = names[i]!;
      const member = made[name];
      if (typeof member === 'string') characters += member.length;
      else if (typeof member === 'function' || (typeof member === 'object' && member !== null)) {
        made[name] = copy(member, name, depth);
      }
    }
    keepText(characters, depth);
    return likeInRights(original, made);
  }

  function keepText(characters: number, depth: number): void {
    length += characters;
    if (length > MAX_LENGTH) throw new Refusal('large', depth);
  }

  /** @param beyond only what is no index */
  function copyMembers(original: object, made: Fields, depth: number, beyond = false): Fields {
    for (const name of Object.getOwnPropertyNames(original)) {
      if (beyond && (name === 'length' || Number(name) >= 0)) continue;
      copyMember(original, made, name, depth);
    }
    for (const name of Object.getOwnPropertySymbols(original)) copyMember(original, made, name, depth);
    return likeInRights(original, made);
  }

  function likeInRights(original: object, made: Fields): Fields {
    // A candidate that writes where it may not must fail in the dark as it will in the light.
    if (!toLook && !Object.isExtensible(original)) {
      if (Object.isFrozen(original)) Object.freeze(made);
      else Object.preventExtensions(made);
    }
    return made;
  }

  function copyMember(original: object, made: Fields, name: PropertyKey, depth: number): void {
    const said = Object.getOwnPropertyDescriptor(original, name);
    if (!said || (name === 'stack' && isError(original))) return;
    if (said.get || said.set) {
      step(depth);
      at[depth] = name;
      if (toLook) share('unread', depth + 1);
      else if (said.set) throw new Refusal('opaque', depth + 1);
      const { get, enumerable = false } = said;
      if (toLook) define(made, name, { value: new Unasked(), enumerable });
      else define(made, name, { get: () => copyOrThrow(get?.call(made)), enumerable });
      return;
    }
    const { value: member, enumerable = false } = said;
    // An instance may carry its class: Decimal does.
    const isItsClass = typeof member === 'function' && member.prototype === Object.getPrototypeOf(original);
    const copied = isItsClass ? member : copy(member, name, depth);
    if (enumerable && !(name in made)) made[name] = copied;
    else define(made, name, { value: copied, enumerable, writable: true });
  }

  /** Memory is copied as far as it is seen: a view of ten bytes may lie on as many megabytes. */
  function copyBytes(original: ArrayBufferView | ArrayBuffer, depth: number): object {
    const { byteLength } = original;
    const [buffer, from] = ArrayBuffer.isView(original) ? [original.buffer, original.byteOffset] : [original, 0];
    if (!toLook) {
      if (tagOf(buffer) === 'SharedArrayBuffer') throw new Refusal('opaque', depth);
      views ??= new Map();
      const others = views.get(buffer) ?? [];
      // Two that lie on the same bytes would no longer see what is written by the other.
      if (others.some(([start, end]) => from < end && start < from + byteLength)) throw new Refusal('opaque', depth);
      views.set(buffer, [...others, [from, from + byteLength]]);
    }
    bytes += byteLength;
    if (bytes > (isOver ? MAX_BYTES_IN_TIME : MAX_LENGTH)) throw new Refusal('large', depth);
    const seen = new Uint8Array(buffer, from, byteLength).slice().buffer;
    if (!ArrayBuffer.isView(original)) return seen;
    const View = (globalThis as unknown as { [tag: string]: new (buffer: ArrayBuffer) => object })[tagOf(original)];
    return View ? new View(seen) : new Uint8Array(seen);
  }

  /** What an instance with private fields says of itself. */
  function told(original: object, depth: number): { readonly value: unknown } | undefined {
    const said = toldBy(original);
    return said === original ? undefined : { value: copy(said, '*', depth) };
  }

  try {
    return { copied: true, value: copy(value, '', 0) as Value, shares };
  } catch (fault) {
    if (fault instanceof Refusal) return { copied: false, why: fault.why, where: at.slice(1, fault.depth) };
    return { copied: false, why: 'opaque', where: at.slice(1) };
  }
}

/** Whether it has no class, and these names in this order. */
function isRowOf(names: readonly string[], value: unknown): value is Fields {
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return false;
  const own = Object.keys(value);
  if (own.length !== names.length) return false;
  for (let i = 0; i < own.length; i++) if (own[i] !== names[i]) return false;
  return true;
}

/** What a getter of the original answers is not the original's either. */
function copyOrThrow(value: unknown): unknown {
  const copied = copyValue(value);
  if (copied.copied) return copied.value;
  throw new TypeError('This member cannot be copied for a shadow.');
}
