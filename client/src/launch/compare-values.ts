/**
 * Structural comparison that says where: the first difference that may not be, in the order of control's members. What
 * cannot be looked into is never the same: then there is a difference elsewhere, or the two are not compared.
 *
 * Alike are: objects whatever the order of their keys, a member that is `undefined` and one that is absent, NaN and NaN,
 * 0 and −0. Not alike are: a list and an object, instances of different classes, a Date and its text, null and `undefined`.
 */
import type { DifferenceKind, NotComparedCause } from '@dimmer/core';
import {
  byName,
  equals,
  inOrder,
  isRecord,
  isSameBytes,
  isSameError,
  mapOf,
  namesOf,
  setOf,
  textOf,
  toldBy,
} from './contents.ts';
import type { IsOver } from './copy-value.ts';
import type { IsIgnored, Segment } from './ignored-paths.ts';
import { isAdHoc, isSameClass, natureOf, tagOf } from './kinds.ts';
import { originOf, Unasked } from './unseen.ts';
import type { Verdict } from './verdict.ts';

const MAX_NODES = 50_000;
const MAX_DEPTH = 80;
const NODES_BETWEEN_LOOKS = 100;

type Fields = { readonly [name: PropertyKey]: unknown };

const TOO_LARGE = new RangeError();

/** Kinds that may carry members besides their content. */
const HAVE_MEMBERS = new Set(['map', 'set', 'date', 'error']);

/**
 * Compares two values, or copies of them that were made to be looked at. Never throws: what cannot be compared has
 * `failed`.
 *
 * @param isOver whether its time is over; default: no limit but those of size
 */
export function compareValues(control: unknown, candidate: unknown, isIgnored?: IsIgnored, isOver?: IsOver): Verdict {
  const segments: Segment[] = [];
  /** Pairs that are being compared, outermost first: one, other, one, other. */
  const open: object[] = [];
  /** Pairs that were found alike: meeting one again, there is nothing new. Not kept where paths matter. */
  const alike = new Map<object, object>();
  let nodes = 0;
  let nextLook = NODES_BETWEEN_LOOKS;
  /** Differences that may be. */
  let ignoredCount = 0;
  /** Something was found alike that is not ignored. Looked for only where something is. */
  let hasAlike = !isIgnored;
  let unseen: NotComparedCause | undefined;
  let found: Verdict | undefined;

  function step(): void {
    if (++nodes < nextLook) return;
    nextLook += NODES_BETWEEN_LOOKS;
    if (nodes > MAX_NODES || isOver?.()) throw TOO_LARGE;
  }

  /** Notes a difference. True if it counts, and the comparison is over. */
  function differs(difference: DifferenceKind, one: unknown, other: unknown): boolean {
    if (isIgnored?.(segments)) {
      ignoredCount++;
      return false;
    }
    found = { kind: 'different', difference, segments: [...segments], control: one, candidate: other };
    return true;
  }

  /** Notes what cannot be looked into. It goes on: a difference elsewhere is one. */
  function isUnseen(cause: NotComparedCause): false {
    if (isIgnored?.(segments)) ignoredCount++;
    else unseen ??= cause;
    return false;
  }

  /** Notes that the two are alike, here or at a member. */
  function isAlike(member?: Segment): false {
    if (hasAlike) return false;
    const place = member === undefined ? segments : [...segments, member];
    hasAlike = !isIgnored?.(place);
    return false;
  }

  function walkInto(segment: Segment, one: unknown, other: unknown): boolean {
    if (segments.push(segment) > MAX_DEPTH) throw TOO_LARGE;
    const isOver = walk(one, other);
    segments.pop();
    return isOver;
  }

  /** True if the comparison is over. */
  function walk(one: unknown, other: unknown): boolean {
    step();
    if (one instanceof Unasked || other instanceof Unasked) return isUnseen('unread');
    if (one === other || Object.is(one, other)) return isAlike();
    if (isReference(one) && isReference(other)) {
      if (typeof one !== typeof other) return differs('type', one, other);
      return typeof one === 'function' ? isUnseen('opaque') : walkObjects(one, other);
    }
    if (typeof one === 'symbol' && typeof other === 'symbol' && one.description === other.description) {
      return isUnseen('opaque');
    }
    if (one === undefined || other === undefined) return differs(one === undefined ? 'added' : 'missing', one, other);
    return differs(typeof one === typeof other && one !== null && other !== null ? 'value' : 'type', one, other);
  }

  function walkObjects(one: object, other: object): boolean {
    if (!isIgnored && alike.get(one) === other) return false;
    // A ring is followed once; twice where a path may lead around what is ignored.
    let rounds = isIgnored ? 2 : 1;
    for (let i = 0; i < open.length; i += 2)
      if (open[i] === one && open[i + 1] === other && --rounds === 0) return false;
    open.push(one, other);
    const [ignoredBefore, unseenBefore] = [ignoredCount, unseen];
    const isOver = walkKinds(one, other);
    open.length -= 2;
    if (isOver) return true;
    alike.set(one, other);
    return ignoredCount === ignoredBefore && unseen === unseenBefore && isAlike();
  }

  function walkKinds(one: object, other: object): boolean {
    const [ours, theirs] = [Object.getPrototypeOf(one), Object.getPrototypeOf(other)];
    if (ours === Object.prototype && theirs === ours) return walkFields(one, other);
    if (!isSameClass(ours, theirs)) {
      if (!isAdHoc(ours) || !isAdHoc(theirs)) return differs('type', one, other);
      if (walkFields(ours, theirs)) return true;
    }
    const { kind, hides } = natureOf(one);
    if (kind !== natureOf(other).kind) return differs('type', one, other);
    if (hides) return walkHiding(kind, one, other);
    return kind === 'class' ? walkInstances(one, other) : walkKind(kind, one, other);
  }

  function walkKind(kind: string, one: object, other: object): boolean {
    switch (kind) {
      case 'plain':
      case 'class':
        return walkFields(one, other);
      case 'list':
        return walkLists(one as readonly unknown[], other as readonly unknown[]) || walkFields(one, other, true);
      case 'unread':
        return isUnseen('unread');
      case 'fixed':
      case 'hidden':
        return walkHidden(one, other);
      default:
        return walkContents(kind, one, other) || (HAVE_MEMBERS.has(kind) && walkFields(one, other));
    }
  }

  function walkContents(kind: string, one: object, other: object): boolean {
    switch (kind) {
      case 'map':
        return walkMaps(mapOf(one), mapOf(other));
      case 'set':
        return walkSets(setOf(one), setOf(other));
      case 'entries':
        return walkMaps(byName(one as FormData), byName(other as FormData));
      case 'bytes':
        return !isSameBytes(one as ArrayBuffer, other as ArrayBuffer) && differs('value', one, other);
      case 'error':
        return !isSameError(one as Error, other as Error) && differs('value', one, other);
      default:
        return textOf(one) !== textOf(other) && differs('value', one, other);
    }
  }

  function walkLists(one: readonly unknown[], other: readonly unknown[]): boolean {
    const shared = Math.min(one.length, other.length);
    for (let i = 0; i < shared; i++) {
      // Gone into only where they are not the same, which for lists of numbers is nearly never.
      if (one[i] !== other[i]) {
        if (walkInto(i, one[i], other[i])) return true;
      } else if (!hasAlike) isAlike(i);
      if (i % NODES_BETWEEN_LOOKS === 0) step();
    }
    if (one.length === other.length) return false;
    segments.push(shared);
    const isOver = differs(one.length > other.length ? 'missing' : 'added', one[shared], other[shared]);
    segments.pop();
    return isOver;
  }

  /** @param beyond only what a list carries besides its members */
  function walkFields(first: object, second: object, beyond = false): boolean {
    const [one, other] = [first as Fields, second as Fields];
    const [ours, theirs] = [namesOf(first, beyond), namesOf(second, beyond)];
    let shared = 0;
    for (const name of ours) {
      const member = one[name];
      if (member === other[name] && member !== undefined) {
        shared++;
        step();
        if (!hasAlike) isAlike(String(name));
        continue;
      }
      const isShared = Object.hasOwn(other, name);
      if (isShared) shared++;
      if (walkInto(String(name), member, isShared ? other[name] : undefined)) return true;
    }
    if (shared === theirs.length) return false;
    for (const name of theirs) {
      if (!Object.hasOwn(one, name) && walkInto(String(name), undefined, other[name])) return true;
    }
    return false;
  }

  function walkMaps(one: ReadonlyMap<unknown, unknown>, other: ReadonlyMap<unknown, unknown>): boolean {
    /** Keys that are objects: each is known by its content. */
    const left: unknown[] = [];
    const lone: unknown[] = [];
    for (const [key, member] of other) {
      if (one.has(key)) continue;
      if (isReference(key)) left.push(key);
      else if (walkInto(String(key), undefined, member)) return true;
    }
    for (const [key, member] of one) {
      if (!isReference(key) || other.has(key)) {
        if (walkInto(isReference(key) ? '*' : String(key), member, other.get(key))) return true;
        continue;
      }
      const like = takeLike(key, left);
      if (like === undefined) lone.push(key);
      else if (walkInto('*', member, other.get(like))) return true;
    }
    return walkRest(lone, left);
  }

  /** Alike if each member has its like on the other side, whatever the order. */
  function walkSets(one: ReadonlySet<unknown>, other: ReadonlySet<unknown>): boolean {
    const left = inOrder([...other].filter((member) => !one.has(member)));
    const lone = inOrder([...one].filter((member) => !other.has(member)));
    return walkRest(
      lone.filter((member) => takeLike(member, left) === undefined),
      left,
    );
  }

  /** Finds the first that is like it, and takes it out. */
  function takeLike(one: unknown, left: unknown[]): unknown {
    const at = isReference(one) ? left.findIndex((like) => isReference(like) && isLike(one, like)) : -1;
    return at < 0 ? undefined : left.splice(at, 1)[0];
  }

  /** What has no like on the other side. */
  function walkRest(one: readonly unknown[], other: readonly unknown[]): boolean {
    if (one.length === 1 && other.length === 1) return walkInto('*', one[0], other[0]);
    // It may be that they are alike and it cannot be seen.
    if (one.length === other.length && unseen) return false;
    const [longer, isMissing] =
      one.length > other.length || (one.length && one.length === other.length) ? [one, true] : [other, false];
    if (!longer.length) return false;
    segments.push('*');
    const isOver = isMissing ? differs('missing', longer[0], undefined) : differs('added', undefined, longer[0]);
    segments.pop();
    return isOver;
  }

  /** Whether two are alike, without that anything is noted but what could not be looked into. */
  function isLike(one: object, other: object): boolean {
    const [ignoredBefore, alikeBefore, unseenBefore] = [ignoredCount, hasAlike, unseen];
    unseen = undefined;
    const isOver = walkInto('*', one, other);
    if (!isOver && !unseen) {
      unseen = unseenBefore;
      return true;
    }
    found = undefined;
    ignoredCount = ignoredBefore;
    hasAlike = alikeBefore;
    unseen = unseenBefore ?? (isOver ? undefined : unseen);
    alike.clear();
    return false;
  }

  /** Private fields: what the instance says of itself, else what is to be seen of it, else its `equals`. */
  function walkHiding(kind: string, one: object, other: object): boolean {
    const [ours, theirs] = [originOf(one), originOf(other)];
    if (ours.told && theirs.told) return walk(ours.told.value, theirs.told.value);
    const isOver = walkKind(kind, one, other);
    const says = equals(ours.original, theirs.original);
    if (isOver && says === true && !isRecord(one)) {
      found = undefined;
      return false;
    }
    if (isOver || says === true) return isOver;
    return says === false ? differs('value', one, other) : isUnseen('opaque');
  }

  /** What only the class can tell. */
  function walkHidden(one: object, other: object): boolean {
    const says = equals(one, other);
    if (says !== undefined) return !says && differs('value', one, other);
    const told = toldBy(one);
    if (told !== one) return walk(told, toldBy(other));
    const { size, type } = one as Blob;
    const them = other as Blob;
    if (tagOf(one) !== 'Blob' && tagOf(one) !== 'File') return isUnseen('opaque');
    return size === them.size && type === them.type ? isUnseen('unread') : differs('value', one, other);
  }

  /**
   * Instances that look different may be alike all the same, as where one remembers its text already (ObjectId), or a
   * tree of the same entries has grown in another order: so their class is asked, by what it says of itself in JSON, or
   * by `equals`. The latter is not believed of what has an id, for there it says that both are of one record.
   */
  function walkInstances(one: object, other: object): boolean {
    const [ignoredBefore, alikeBefore, unseenBefore] = [ignoredCount, hasAlike, unseen];
    unseen = undefined;
    const isOver = walkFields(one, other);
    if (!isOver && !unseen) {
      unseen = unseenBefore;
      return false;
    }
    const [foundHere, ignoredHere, unseenHere] = [found, ignoredCount, unseen];
    [found, ignoredCount, unseen] = [undefined, ignoredBefore, unseenBefore];
    hasAlike = alikeBefore;
    alike.clear();
    const told = toldBy(one, false);
    if (told !== one) return walk(told, toldBy(other, false));
    if (!isRecord(one) && equals(one, other)) return false;
    [found, ignoredCount, unseen] = [foundHere, ignoredHere, unseenBefore ?? unseenHere];
    return isOver;
  }

  try {
    walk(control, candidate);
    if (found) return found;
    if (unseen) return { kind: 'failed', cause: unseen };
    return ignoredCount ? { kind: 'ignored', isWhole: !hasAlike } : { kind: 'same' };
  } catch (error) {
    return { kind: 'failed', cause: error === TOO_LARGE ? 'large' : 'opaque' };
  }
}

function isReference(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
