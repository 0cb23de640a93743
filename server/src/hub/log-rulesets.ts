import type { Change } from '../change-log/change.ts';
import { touches } from '../state/moment.ts';
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
}

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
