import { createHash } from 'node:crypto';
import { type Change, GENESIS, type Head, hashOf, idOf } from '../changes/change.ts';
import { canonicalJson } from '../documents/canonical-json.ts';
import type { Document, Place } from '../documents/document.ts';
import type { State } from '../state/state.ts';
import type { Seals } from './seals.ts';
import type { Store } from './store.ts';

/** Changes read and hashed before the event loop gets its turn, and documents compared. */
const BATCH = 50;

/** Whether the log is what was written, and where it first is not. */
export type Verification =
  | {
      readonly ok: true;
      readonly revision: number;
      readonly id: string;
      /** The last change is sealed by the key of this server, and with it all that lead to it. */
      readonly sealed: boolean;
      /** The first change with a seal; `null`: there is none, or no key to tell by. */
      readonly sealedFrom: number | null;
    }
  | { readonly ok: false; readonly revision: number; readonly problem: string };

/**
 * Recomputes every hash from the first change to the head, checks that each follows the one before and that versions
 * count up by one, and that the documents are what the log's last writes say, in the database and in memory.
 * Time grows with the log, memory with the number of documents.
 */
export class LogVerifier {
  readonly #store: Store;
  readonly #seals: Seals | null;
  readonly #written = new Map<string, Written>();
  /** Written since they have been compared, or never: looked at in the end. */
  readonly #pending = new Map<string, Name>();
  #isComparing = false;
  #head: Head = GENESIS;
  #sealedFrom: number | null = null;
  #problem: { revision: number; problem: string } | null = null;

  /** @param seals `null`: this server has no key, so it says nothing of them */
  constructor(store: Store, seals: Seals | null = null) {
    this.#store = store;
    this.#seals = seals;
  }

  /**
   * Walks on to the end of the log. Others may write meanwhile: call it once, and again where nobody can.
   *
   * @param until the last revision that counts, which other servers may be beyond
   */
  async walk(until = Number.POSITIVE_INFINITY): Promise<void> {
    while (!this.#problem) {
      const after = this.#head.revision;
      const changes = await this.#store.changes({ after, order: 'oldest first', limit: BATCH });
      for (const change of changes) {
        if (change.revision > until) return;
        const problem = this.#linkProblem(change) ?? this.#sealProblem(change) ?? this.#writesProblem(change);
        if (problem) {
          this.#problem = { revision: change.revision, problem };
          return;
        }
        this.#head = change;
      }
      if (changes.length < BATCH) return;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  /** Compares the documents, in the database and in memory, with what was walked over. Others may write meanwhile. */
  async compare(state: State): Promise<void> {
    this.#isComparing = true;
    const unseen = new Map([...this.#written].map(([name, { place }]) => [name, place]));
    for await (const documents of this.#stored()) {
      for (const document of documents) {
        unseen.delete(nameOf(document));
        this.#compareOne('in the database', document);
      }
    }
    const inMemory = [...state.documents()];
    for (let index = 0; index < inMemory.length; index += BATCH) {
      for (const document of inMemory.slice(index, index + BATCH)) this.#compareOne('in memory', document);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const known = new Set(inMemory.map(nameOf));
    for (const [name, { place }] of this.#written) if (!known.has(name)) unseen.set(name, place);
    for (const [name, place] of unseen) this.#pending.set(name, place);
  }

  /** What the walk has found, and whether the documents agree with it. Nobody may write in between. */
  async conclude(state: State): Promise<Verification> {
    if (this.#problem) return { ok: false, ...this.#problem };
    const { revision } = this.#head;
    const id = idOf(this.#head);
    const head = await this.#store.head();
    // Another server may have gone on since.
    const isFurther = head.revision > revision && revision === state.head.revision;
    if (idOf(head) !== id && !isFurther) {
      return { ok: false, revision, problem: `The head is ${idOf(head)}, and the log ends at ${id}.` };
    }
    for (const [name, place] of this.#pending) {
      const [stored] = await this.#store.documentsFrom(place, 1);
      if (stored && stored.revision > revision && isFurther) continue;
      const problem =
        this.#documentProblem('in the database', place, stored && nameOf(stored) === name ? stored : undefined) ??
        this.#documentProblem('in memory', place, state.document(place));
      if (problem) return { ok: false, revision, problem };
    }
    return { ok: true, revision, id, sealed: this.#sealedFrom !== null, sealedFrom: this.#sealedFrom };
  }

  #linkProblem(change: Change): string | null {
    if (change.revision !== this.#head.revision + 1) return `Revision ${this.#head.revision + 1} is missing.`;
    if (change.prevHash !== this.#head.hash) return 'It does not follow the change before it.';
    return hashOf(change) === change.hash ? null : 'Its content does not have its hash: it has been altered.';
  }

  /**
   * What was written before there was a key has no seal. From the first one on every change has: else a forger who
   * writes the history again would only have to leave them out.
   */
  #sealProblem(change: Change): string | null {
    if (this.#seals === null) return null;
    if (change.seal === undefined) {
      if (this.#sealedFrom === null) return null;
      return 'It has no seal, and changes before it have: somebody has taken it away, or a server without DIMMER_AUDIT_KEY wrote it.';
    }
    if (!this.#seals.fits(change)) return 'Its seal is not of the key in DIMMER_AUDIT_KEY.';
    this.#sealedFrom ??= change.revision;
    return null;
  }

  #writesProblem({ revision, writes }: Change): string | null {
    for (const write of writes) {
      const name = nameOf(write);
      const version = (this.#written.get(name)?.version ?? 0) + 1;
      if (write.version !== version) return `It writes version ${write.version} of ${name}, where ${version} is due.`;
      this.#written.set(name, {
        place: { kind: write.kind, id: write.id },
        version,
        revision,
        digest: digestOf(write.body),
      });
      if (this.#isComparing) this.#pending.set(name, { kind: write.kind, id: write.id });
    }
    return null;
  }

  async *#stored(): AsyncGenerator<readonly Document[]> {
    let from: Name | null = null;
    for (;;) {
      // From the last one on, which comes again.
      const found: readonly Document[] = await this.#store.documentsFrom(from, BATCH);
      yield found;
      if (found.length < BATCH) return;
      from = found.at(-1) ?? null;
    }
  }

  /** Whatever does not agree may have been written since: it is looked at in the end, in turn with who writes. */
  #compareOne(where: string, document: Document): void {
    if (this.#documentProblem(where, document, document) !== null)
      this.#pending.set(nameOf(document), { kind: document.kind, id: document.id });
  }

  #documentProblem(where: string, place: Name, document: Document | undefined): string | null {
    const name = nameOf(place);
    const last = this.#written.get(name);
    if (document === undefined) return `${name} is in the log, and not among the documents ${where}.`;
    const { version, revision, body } = document;
    if (last?.version === version && last.revision === revision && last.digest === digestOf(body)) return null;
    return `${name} ${where} is not what the log says.`;
  }
}

type Name = Pick<Place, 'kind' | 'id'>;

/** The last write of a document. */
interface Written {
  readonly place: Name;
  readonly version: number;
  readonly revision: number;
  readonly digest: string;
}

function nameOf({ kind, id }: Name): string {
  return `${kind} ${id}`;
}

function digestOf(body: unknown): string {
  return createHash('sha256').update(canonicalJson(body)).digest('base64');
}
