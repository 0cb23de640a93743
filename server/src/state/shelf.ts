import type { Document, Kind, Live } from '../documents/document.ts';

/** All documents of one kind, tombstones included, and the live ones by what they belong to. */
export class Shelf<K extends Kind> {
  readonly #byId = new Map<string, Document<K>>();
  readonly #liveByOwner = new Map<string | null, Map<string, Live<K>>>();

  put(document: Document<K>): void {
    this.#byId.set(document.id, document);
    let owned = this.#liveByOwner.get(document.project);
    if (!owned) this.#liveByOwner.set(document.project, (owned = new Map()));
    if (document.body === null) owned.delete(document.id);
    else owned.set(document.id, document as Live<K>);
  }

  /** Also a tombstone. */
  document(id: string): Document<K> | undefined {
    return this.#byId.get(id);
  }

  live(id: string): Live<K> | undefined {
    const found = this.#byId.get(id);
    return found && found.body !== null ? (found as Live<K>) : undefined;
  }

  *allLive(): Iterable<Live<K>> {
    for (const owned of this.#liveByOwner.values()) yield* owned.values();
  }

  liveOf(project: string): Iterable<Live<K>> {
    return this.#liveByOwner.get(project)?.values() ?? [];
  }

  documents(): Iterable<Document<K>> {
    return this.#byId.values();
  }
}
