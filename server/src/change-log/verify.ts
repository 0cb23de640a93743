import { createHash } from 'node:crypto';
import type { Document } from '../documents/document.ts';
import type { State } from '../state/state.ts';
import type { Store } from '../store/store.ts';
import { canonicalJson } from './canonical-json.ts';
import { type Change, GENESIS, type Head, hashOf, idOf } from './change.ts';
import type { Seals } from './seals.ts';

/** Changes read and hashed before the event loop gets its turn. */
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
  readonly #written = new Map<string, { version: number; revision: number; digest: string }>();
  #head: Head = GENESIS;
  #sealedFrom: number | null = null;
  #problem: { revision: number; problem: string } | null = null;

  /** @param seals `null`: this server has no key, so it says nothing of them */
  constructor(store: Store, seals: Seals | null = null) {
    this.#store = store;
    this.#seals = seals;
  }

  /** Walks on to the end of the log. Others may write meanwhile: call it once, and again where nobody can. */
  async walk(): Promise<void> {
    while (!this.#problem) {
      const after = this.#head.revision;
      const changes = await this.#store.changes({ after, order: 'oldest first', limit: BATCH });
      for (const change of changes) {
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

  /** What the walk has found, and whether the documents agree with it. Nobody may write in between. */
  async conclude(state: State): Promise<Verification> {
    if (this.#problem) return { ok: false, ...this.#problem };
    const { revision } = this.#head;
    const id = idOf(this.#head);
    const stored = await this.#store.load();
    if (idOf(stored.head) !== id) {
      return { ok: false, revision, problem: `The head is ${idOf(stored.head)}, and the log ends at ${id}.` };
    }
    const problem =
      this.#documentsProblem('in the database', stored.documents) ??
      this.#documentsProblem('in memory', [...state.documents()]);
    if (problem) return { ok: false, revision, problem };
    return { ok: true, revision, id, sealed: this.#sealedFrom !== null, sealedFrom: this.#sealedFrom };
  }

  #linkProblem(change: Change): string | null {
    if (change.revision !== this.#head.revision + 1) return `Revision ${this.#head.revision + 1} is missing.`;
    if (change.prevHash !== this.#head.hash) return 'It does not follow the change before it.';
    return hashOf(change) === change.hash ? null : 'Its content does not have its hash: it has been altered.';
  }

  /**
   * What was written before there was a key has no seal. From the first one on every change has: else whoever writes the
   * history anew would only have to leave them out.
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
      const name = `${write.kind} ${write.id}`;
      const version = (this.#written.get(name)?.version ?? 0) + 1;
      if (write.version !== version) return `It writes version ${write.version} of ${name}, where ${version} is due.`;
      this.#written.set(name, { version, revision, digest: digestOf(write.body) });
    }
    return null;
  }

  #documentsProblem(where: string, documents: readonly Document[]): string | null {
    if (documents.length !== this.#written.size) {
      return `There are ${documents.length} documents ${where}, and ${this.#written.size} in the log.`;
    }
    for (const { kind, id, version, revision, body } of documents) {
      const last = this.#written.get(`${kind} ${id}`);
      if (last?.version === version && last.revision === revision && last.digest === digestOf(body)) continue;
      return `${kind} ${id} ${where} is not what the log says.`;
    }
    return null;
  }
}

function digestOf(body: unknown): string {
  return createHash('sha256').update(canonicalJson(body)).digest('base64');
}
