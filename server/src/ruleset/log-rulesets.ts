import type { Change } from '../changes/change.ts';
import { touches } from '../state/moment.ts';
import { turn } from '../turn.ts';
import type { RulesetOrigin, RulesetSource, Scope } from './ruleset-source.ts';

/** The part of the change log that is needed: changes in order, as they happen. */
interface Log {
  subscribe(listener: (changes: readonly Change[]) => void, reloaded: () => void): () => void;
}

/** One ruleset made of documents; `RulesetView` is one. */
interface View {
  readonly id: string;
  snapshotJson(): string;
  advance(changes: readonly Change[]): string | null;
  reload(): string | null;
  /** Makes what a reload needs, piece by piece; what has been made is not made again. */
  pieces(): Iterable<unknown>;
}

/** Flags and segments encoded in one turn of the event loop: a large one takes a millisecond. */
const MADE_AT_ONCE = 20;

/** Rulesets of this node's change log. Notes which changes each has still to take in; the work is done when asked. */
export class LogRulesets implements RulesetOrigin {
  readonly #openView: (scope: Scope) => View;
  readonly #open = new Set<LogRuleset>();
  readonly #unsubscribe: () => void;

  constructor(log: Log, openView: (scope: Scope) => View) {
    this.#openView = openView;
    this.#unsubscribe = log.subscribe(
      (changes) => {
        for (const ruleset of this.#open) ruleset.note(changes);
      },
      () => {
        for (const ruleset of this.#open) ruleset.noteReload();
        void this.#wakeInTurn([...this.#open]);
      },
    );
  }

  open(scope: Scope, wake: () => void): RulesetSource {
    const ruleset = new LogRuleset(scope, this.#openView(scope), wake, () => this.#open.delete(ruleset));
    this.#open.add(ruleset);
    return ruleset;
  }

  close(): void {
    this.#unsubscribe();
    this.#open.clear();
  }

  /**
   * What is asked for is right from now on; what nobody asks for is told one ruleset after another, each made ready in
   * small pieces. All at once, a hundred environments of some thousand flags would hold the event loop for seconds.
   */
  async #wakeInTurn(rulesets: readonly LogRuleset[]): Promise<void> {
    for (const ruleset of rulesets) {
      let made = 0;
      for (const _ of ruleset.pieces()) {
        made += 1;
        if (made % MADE_AT_ONCE === 0) await turn();
      }
      await turn();
      if (this.#open.has(ruleset)) ruleset.wake();
    }
  }
}

class LogRuleset implements RulesetSource {
  readonly #scope: Scope;
  readonly #view: View;
  readonly #wake: () => void;
  readonly #closed: () => void;
  #noted: Change[] = [];
  /** The state has become another since; which changes led there does not matter. */
  #isReloaded = false;

  constructor(scope: Scope, view: View, wake: () => void, closed: () => void) {
    this.#scope = scope;
    this.#view = view;
    this.#wake = wake;
    this.#closed = closed;
  }

  get id(): string {
    return this.#view.id;
  }

  snapshotJson(): string {
    return this.#view.snapshotJson();
  }

  note(changes: readonly Change[]): void {
    const { project, environment } = this.#scope;
    const mine = changes.filter(({ writes }) => writes.some((write) => touches(write, project, environment)));
    if (mine.length === 0) return;
    this.#noted.push(...mine);
    this.#wake();
  }

  noteReload(): void {
    this.#isReloaded = true;
  }

  pieces(): Iterable<unknown> {
    return this.#view.pieces();
  }

  wake(): void {
    this.#wake();
  }

  advance(): string | null {
    if (this.#isReloaded) {
      this.#isReloaded = false;
      this.#noted = [];
      return this.#view.reload();
    }
    if (this.#noted.length === 0) return null;
    const changes = this.#noted;
    this.#noted = [];
    return this.#view.advance(changes);
  }

  close(): void {
    this.#closed();
  }
}
