/** A member's node in a roster. */
export interface Place<Member> {
  readonly member: Member;
  before: Place<Member> | null;
  after: Place<Member> | null;
}

/**
 * Doubly linked list: members in the order in which they came; adding and removing take constant time.
 *
 * Not a `Set`, for what comes and goes by the thousand: V8 leaves the old table of a `Set` or `Map` pointing to the one
 * that took its place. Once a table has become old, all that follow it become old with whatever was in them, and none of
 * that is collected before the next collection of everything: each connection that a flood opened and closed took 2 KB
 * until then. Who leaves here is pointed to by nothing.
 */
export class Roster<Member> {
  #first: Place<Member> | null = null;
  #last: Place<Member> | null = null;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Who has been there for longest. */
  get first(): Member | undefined {
    return this.#first?.member;
  }

  /** @returns the place, by which it is removed: once */
  add(member: Member): Place<Member> {
    const place: Place<Member> = { member, before: this.#last, after: null };
    if (this.#last) this.#last.after = place;
    else this.#first = place;
    this.#last = place;
    this.#size += 1;
    return place;
  }

  remove(place: Place<Member>): void {
    const { before, after } = place;
    if (before) before.after = after;
    else this.#first = after;
    if (after) after.before = before;
    else this.#last = before;
    place.before = null;
    place.after = null;
    this.#size -= 1;
  }
}
