const STORE_AFTER_MS = 300;

/** The person whose drafts these are. Another person who signs in here sees none of them. */
let owner = '';

/** @param person who is signed in, by id */
export function draftsBelongTo(person: string): void {
  owner = person;
}

/**
 * Unsaved edits of one kind, by name. They outlive the page on which they were typed: after signing in again, going
 * back, or a crash of the browser, they are there in the same window. Storage may be forbidden; then they live as long
 * as the page is loaded.
 */
export class KeptDrafts<Draft extends object> {
  readonly #prefix: string;
  readonly #isDraft: (stored: Draft) => boolean;
  readonly #drafts = new Map<string, Draft | null>();
  readonly #listeners = new Set<() => void>();
  readonly #waiting = new Map<string, ReturnType<typeof setTimeout>>();

  /** @param isDraft whether what was stored, perhaps by another version of this page, can be used */
  constructor(prefix: string, isDraft: (stored: Draft) => boolean) {
    this.#prefix = prefix;
    this.#isDraft = isDraft;
    // Typed a moment before the page goes.
    globalThis.addEventListener?.('pagehide', () => this.#flush());
  }

  at(name: string): Draft | null {
    return this.#at(ownName(name));
  }

  /** @param draft `null` forgets it */
  keep(name: string, draft: Draft | null): void {
    const own = ownName(name);
    this.#drafts.set(own, draft);
    clearTimeout(this.#waiting.get(own));
    // What is thrown away must not be there again after a reload that comes at once.
    if (draft === null) this.#store(own);
    else
      this.#waiting.set(
        own,
        setTimeout(() => this.#store(own), STORE_AFTER_MS),
      );
    for (const listener of this.#listeners) listener();
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  #at(own: string): Draft | null {
    const known = this.#drafts.get(own);
    if (known !== undefined) return known;
    const stored = this.#stored(own);
    this.#drafts.set(own, stored);
    return stored;
  }

  #flush(): void {
    for (const name of [...this.#waiting.keys()]) this.#store(name);
  }

  #stored(name: string): Draft | null {
    try {
      const draft = JSON.parse(sessionStorage.getItem(this.#prefix + name) ?? 'null') as Draft | null;
      return draft && this.#isDraft(draft) ? draft : null;
    } catch {
      return null;
    }
  }

  #store(name: string): void {
    const draft = this.#drafts.get(name) ?? null;
    clearTimeout(this.#waiting.get(name));
    this.#waiting.delete(name);
    try {
      if (draft) sessionStorage.setItem(this.#prefix + name, JSON.stringify(draft));
      else sessionStorage.removeItem(this.#prefix + name);
    } catch {
      // It lives on in the window.
    }
  }
}

function ownName(name: string): string {
  return `${owner}/${name}`;
}
