import type { Refusal, Warning } from '@dimmer/contract';
import { type Actor, type Change, idOf, type Write } from '../changes/change.ts';
import type { Command } from '../commands/command.ts';
import { decideChange } from '../commands/decide-change.ts';
import { type Refused, refuse } from '../commands/refusal.ts';
import type { Document, Place } from '../documents/document.ts';
import { RulesetWeights } from '../encoding/ruleset-weights.ts';
import type { Moment } from '../state/moment.ts';
import { State } from '../state/state.ts';
import { turn } from '../turn.ts';
import { Line } from './line.ts';
import { newId } from './new-id.ts';
import type { Seals } from './seals.ts';
import type { Commit, HistoryPage, HistoryQuery, Store } from './store.ts';
import { LogVerifier, type Verification } from './verify.ts';

/** Lost races for a commit in a row, after which this server takes the lock and the others wait for it. */
const RACES = 3;
/** Changes read and applied at a time while catching up, in one turn of the event loop. */
const CATCH_UP_BATCH = 200;
const TAKEN_AT_ONCE = 25;

/** Who asks, and on what terms. */
export interface Request {
  readonly actor: Actor;
  /** The version of the document that the caller has seen; the command is refused if it has moved on. */
  readonly expectedVersion?: number | undefined;
  readonly reason?: string | undefined;
  /** Whether a second person has agreed, where an environment wants that. */
  readonly isApproved?: boolean;
}

/** The outcome of a command. */
export type Outcome =
  | {
      readonly ok: true;
      /** `null`: everything was as asked already, so nothing was written. */
      readonly change: Change | null;
      /** The document that the command is about, as it is now. */
      readonly document: Document | undefined;
      readonly warnings: readonly Warning[];
    }
  | { readonly ok: false; readonly refusal: Refusal };

/** The outcome of a dry run. */
export type PreviewOutcome =
  | (Extract<Outcome, { ok: true }> & {
      readonly documents: readonly { readonly write: Write; readonly before: Document['body'] }[];
    })
  | { readonly ok: false; readonly refusal: Refusal };

type Attempt = ReturnType<typeof decideChange>;

type Listener = (changes: readonly Change[]) => void;

interface Subscription {
  readonly listener: Listener;
  readonly reloaded: (() => void) | undefined;
}

/** What a `ChangeLog` is made of, besides its store. */
export interface ChangeLogOptions {
  /** Ms since 1970. Default: `Date.now`. */
  readonly clock?: () => number;
  /** Default: changes are not sealed. */
  readonly seals?: Seals | null;
  /** A fresh random name. Default: 60 random bits. */
  readonly newId?: () => string;
  /** Told when a listener throws; that listener's fault must not become the writer's. Default: thrown away. */
  readonly onListenerError?: (error: unknown) => void;
}

/** The spine: executes commands one after another, and tells its subscribers what has changed. */
export class ChangeLog {
  readonly #store: Store;
  readonly #state: State;
  /** How large the rulesets are that the state makes. */
  readonly weights: RulesetWeights;
  readonly #clock: () => number;
  readonly #newId: () => string;
  readonly #seals: Seals | null;
  readonly #onListenerError: (error: unknown) => void;
  readonly #subscriptions = new Set<Subscription>();
  readonly #line = new Line();
  #verifying: Promise<Verification> | null = null;

  private constructor(store: Store, state: State, options: ChangeLogOptions) {
    this.#store = store;
    this.#state = state;
    this.weights = new RulesetWeights(state);
    this.#clock = options.clock ?? Date.now;
    this.#newId = options.newId ?? newId;
    this.#seals = options.seals ?? null;
    this.#onListenerError = options.onListenerError ?? (() => {});
  }

  /** Reads everything that is current. Rejects with a `StoreError` if the database cannot be read. */
  static async open(store: Store, options: ChangeLogOptions = {}): Promise<ChangeLog> {
    return new ChangeLog(store, await read(store), options);
  }

  /** What everything is at `state.head`. Changes only between turns of the event loop's queue, never under a reader. */
  get state(): State {
    return this.#state;
  }

  /**
   * Carries a command out: decides, commits in one transaction, applies to the state, and tells the subscribers, in
   * that order, before it resolves. Commands run one after another. Never rejects for what the caller did wrong, which
   * is a refusal; rejects with a `StoreError` if the database fails, and then nothing has been applied.
   */
  execute(command: Command, request: Request): Promise<Outcome> {
    // A kill goes before all commands that wait: what holds them up may be what has to be switched off.
    return this.#line.run(() => this.#execute(command, request), { isUrgent: command.neverWaits ?? false });
  }

  /**
   * What would come of a command, without carrying it out: the same checks, the same refusals, and each document that
   * it would write as it is and as it would be.
   */
  async preview(command: Command, request: Request): Promise<PreviewOutcome> {
    const attempt = await this.#attempt(command, request, async () => 'committed');
    if (attempt === 'conflict') throw new Error('Nothing was committed, so nothing can have come first.');
    if (!attempt.ok) return attempt;
    const { change, warnings } = attempt;
    const writes = change?.writes ?? [];
    const documents = writes.map((write) => ({ write, before: this.#state.document(write)?.body ?? null }));
    return { ok: true, change, document: this.#state.document(command.about), warnings, documents };
  }

  /**
   * Takes in what other nodes have committed. If the database holds another history than this node knows (a backup was
   * restored, or a standby that lacked the last commits has taken over), everything is read again.
   *
   * @param revision that which is to be had; without it, whatever there is
   * @returns resolves with how many changes that were; rejects with a `StoreError` if the database cannot be read
   */
  catchUp(revision = Number.POSITIVE_INFINITY): Promise<number> {
    return this.#line.run(async () => (this.#state.head.revision >= revision ? 0 : this.#catchUp()));
  }

  async #execute(command: Command, request: Request): Promise<Outcome> {
    for (let lost = 0; lost < RACES; lost++) {
      const outcome = await this.#attempt(command, request, (change) =>
        this.#store.commit(change, { isUrgent: command.neverWaits ?? false }),
      );
      if (outcome !== 'conflict') return this.#taken(outcome, command);
      await this.#catchUp();
    }
    // Otherwise a server that is nearer to the database, or has a long queue, would win every time.
    const outcome = await this.#store.inTurn(async (commit) => {
      await this.#catchUp();
      return this.#attempt(command, request, commit);
    });
    if (outcome !== 'conflict') return this.#taken(outcome, command);
    return refuse('STORE_BUSY', 'The database was changed by somebody else at the same time.', {
      fix: 'Try again in a second.',
    });
  }

  async #attempt(command: Command, request: Request, commit: Store['commit']): Promise<Attempt | 'conflict'> {
    const stale = await this.#versionProblem(command, request.expectedVersion);
    if (stale) return stale;
    const { actor, isApproved = false } = request;
    const reason = request.reason === undefined ? null : storable(request.reason);
    const facts = { now: this.#clock(), actor, reason, isApproved, newId: this.#newId };
    const decided = decideChange(command, this.#state, facts, this.weights);
    if (!decided.ok || decided.change === null) return decided;
    const change = this.#seals ? { ...decided.change, seal: this.#seals.of(decided.change) } : decided.change;
    return (await commit(change)) === 'committed' ? { ...decided, change } : 'conflict';
  }

  /** Applies what has been committed. */
  #taken(attempt: Attempt, command: Command): Outcome {
    if (!attempt.ok) return attempt;
    const { change, warnings } = attempt;
    if (change) this.#take([change]);
    return { ok: true, change, document: this.#state.document(command.about), warnings };
  }

  async #versionProblem(command: Command, expected: number | undefined): Promise<Refused | null> {
    if (command.precondition === 'ignored') return null;
    const current = this.#state.document(command.about);
    if (expected === undefined) {
      if (command.precondition !== 'required') return null;
      return refuse('VERSION_REQUIRED', 'This replaces a whole document, so it must say which version it has seen.', {
        fix: `Read it first and send its ETag as If-Match${current ? ` (now "${current.version}")` : ''}.`,
      });
    }
    if (!current || current.version === expected) return null;
    const change = await this.#store.change(current.revision);
    const { version, revision, body } = current;
    return refuse('VERSION_CONFLICT', `This was version ${expected} when you read it, and is version ${version} now.`, {
      fix: 'Compare both versions, then send yours again with the new version as If-Match.',
      details: {
        expected,
        current: { version, revision, body, at: change?.at, by: change?.actor.name, reason: change?.reason },
      },
    });
  }

  async #catchUp(): Promise<number> {
    let taken = 0;
    for (;;) {
      const after = this.#state.head.revision;
      const changes = await this.#store.changes({ after, order: 'oldest first', limit: CATCH_UP_BATCH });
      if (await this.#isElsewhere(changes[0])) {
        await this.#reload();
        return taken;
      }
      for (let start = 0; start < changes.length; start += TAKEN_AT_ONCE) {
        if (start > 0) await turn();
        this.#take(changes.slice(start, start + TAKEN_AT_ONCE));
      }
      taken += changes.length;
      if (changes.length < CATCH_UP_BATCH) return taken;
    }
  }

  /** Whether the database's history is another than the one this node's state comes from. */
  async #isElsewhere(next: Change | undefined): Promise<boolean> {
    const known = this.#state.head;
    if (next) return next.revision !== known.revision + 1 || next.prevHash !== known.hash;
    const head = await this.#store.head();
    // If it is further on, another server has committed in between, and the next poll finds it.
    return head.revision < known.revision || (head.revision === known.revision && head.hash !== known.hash);
  }

  async #reload(): Promise<void> {
    this.#state.become(await read(this.#store));
    this.weights.forget();
    for (const { reloaded } of this.#subscriptions) this.#tell(() => reloaded?.());
  }

  #take(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    for (const change of changes) {
      this.weights.take(change.writes);
      this.#state.apply(change);
    }
    for (const { listener } of this.#subscriptions) this.#tell(() => listener(changes));
  }

  #tell(listen: () => void): void {
    try {
      listen();
    } catch (error) {
      this.#onListenerError(error);
    }
  }

  /**
   * Calls `listener` with every change from now on, in order, synchronously after the state has taken it in.
   *
   * @param reloaded called when the state has become another without changes that lead to it, see `catchUp`
   * @returns ends the subscription
   */
  subscribe(listener: Listener, reloaded?: () => void): () => void {
    const subscription = { listener, reloaded };
    this.#subscriptions.add(subscription);
    return () => this.#subscriptions.delete(subscription);
  }

  /** What has happened, newest first. */
  history(query: HistoryQuery): Promise<HistoryPage> {
    return this.#store.history(query);
  }

  change(revision: number): Promise<Change | undefined> {
    return this.#store.change(revision);
  }

  /** Who made some changes, and when. */
  commits(revisions: readonly number[]): Promise<readonly Commit[]> {
    return this.#store.commits(revisions);
  }

  /** Each document that a change wrote, as it stood right before. */
  before(change: Change): Promise<readonly Document[]> {
    return this.#store.documentsAt(change.writes, change.revision - 1);
  }

  /** The last revision that was committed at or before an instant (ms since 1970); 0 if there is none. */
  revisionAt(atMs: number): Promise<number> {
    return this.#store.revisionAt(atMs);
  }

  /** Documents as they stood right after a revision, in their order. */
  documentsAt(places: readonly Place[], revision: number): Promise<readonly Document[]> {
    return this.#store.documentsAt(places, revision);
  }

  /**
   * Walks the hash chain from the first change to the head, and compares what the log amounts to with the database's
   * documents and the state. Writers go on meanwhile (a kill cannot wait for an audit); only what they have written in
   * between is looked at in turn with them. Who asks while it is under way gets the same answer.
   */
  verify(): Promise<Verification> {
    this.#verifying ??= this.#verify().finally(() => {
      this.#verifying = null;
    });
    return this.#verifying;
  }

  async #verify(): Promise<Verification> {
    const verifier = new LogVerifier(this.#store, this.#seals);
    await verifier.walk();
    await verifier.compare(this.#state);
    await verifier.walk();
    return this.#line.run(async () => {
      await this.#catchUp();
      await verifier.walk(this.#state.head.revision);
      return verifier.conclude(this.#state);
    });
  }

  /** Resolves when the commands that were asked for before have been carried out. */
  async settled(): Promise<void> {
    await this.#line.settled();
  }

  /** Id of the newest change of the whole log. */
  get id(): string {
    return idOf(this.#state.head);
  }
}

/**
 * A text as a column gives it back: a lone surrogate, which UTF-8 cannot say, and U+0000, which PostgreSQL cannot keep,
 * become U+FFFD. It is done before the change is hashed, or its hash would not fit what is read later. Bodies need not:
 * JSON writes both as escapes. Requests with either are refused; this is for what is not asked for by a request.
 */
function storable(text: string): string {
  return Buffer.from(text.replaceAll('\0', '\ufffd')).toString();
}

async function read(store: Store): Promise<State> {
  const { head, documents } = await store.load();
  return State.from(head, documents, (revision) => momentOf(store, revision));
}

async function momentOf(store: Store, revision: number): Promise<Moment> {
  const change = await store.change(revision);
  if (!change) throw new Error(`The log has no revision ${revision}, which a document was written by.`);
  return { revision, hash: change.hash, at: change.at };
}
