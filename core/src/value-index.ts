import { canonical } from './context.ts';
import type { Index, Lists } from './definition.ts';
import { takeIndexable } from './steps.ts';

// Why: decision 0145.
/** What an index costs before there is anything in it, in values. */
const OF_AN_INDEX = 20;

/** The number or boolean that `text` is the canonical form of; undefined if there is none. */
function otherForm(text: string): unknown {
  const other = text === 'true' || (text !== 'false' && Number(text));
  return canonical(other) === text ? other : undefined;
}

/**
 * Finds a text among the values of some lists, which may be many thousands. They are put into an index a few at a time,
 * by the evaluations that ask, from the second on; what is not in it yet is looked through, which engines do fifty times
 * as fast as they build an index. So the first evaluation after a change waits for no index, and a list that nobody asks
 * costs none.
 */
class ValueIndex<Found> implements Index<Found> {
  readonly #lists: Lists<Found>;
  #index: Map<unknown, Found> | undefined;
  /** The same, when nothing is missing in it. */
  #whole: Map<unknown, Found> | undefined;
  #isAsked = false;
  /** The first value that is not in the index: in which list, and where there. */
  #list = 0;
  #at = 0;

  /** The first list that has a text says as what it is found. */
  constructor(lists: Lists<Found>) {
    this.#lists = lists;
  }

  get(text: string): Found | undefined {
    return this.#whole ? this.#whole.get(text) : this.#search(text);
  }

  #search(text: string): Found | undefined {
    if (this.#isAsked) this.#grow();
    this.#isAsked = true;
    const found = this.#index?.get(text);
    return found === undefined ? this.#lookThrough(text) : found;
  }

  #grow(): void {
    if (!this.#index && takeIndexable(OF_AN_INDEX) < OF_AN_INDEX) return;
    this.#index ??= new Map();
    for (; this.#list < this.#lists.length; this.#list++, this.#at = 0) {
      const [values, found] = this.#lists[this.#list]!;
      const end = this.#at + takeIndexable(values.length - this.#at);
      for (; this.#at < end; this.#at++) {
        const text = canonical(values[this.#at]);
        if (!this.#index.has(text)) this.#index.set(text, found);
      }
      if (end < values.length) return;
    }
    this.#whole = this.#index;
  }

  #lookThrough(text: string): Found | undefined {
    const other = otherForm(text);
    for (let list = this.#list, from = this.#at; list < this.#lists.length; list++, from = 0) {
      const [values, found] = this.#lists[list]!;
      if (values.includes(text, from) || (other !== undefined && values.includes(other, from))) return found;
    }
    return undefined;
  }
}

/** One value is compared faster than it is looked up. */
class OneValue<Found> implements Index<Found> {
  readonly #value: string | undefined;
  readonly #found: Found;

  constructor(value: unknown, found: Found) {
    this.#value = canonical(value);
    this.#found = found;
  }

  get(text: string): Found | undefined {
    return text === this.#value ? this.#found : undefined;
  }
}

/** The first list that has a text says as what it is found. */
export function createIndex<Found>(lists: Lists<Found>): Index<Found> {
  const [first] = lists;
  return first && lists.length === 1 && first[0].length === 1
    ? new OneValue(first[0][0], first[1])
    : new ValueIndex(lists);
}
