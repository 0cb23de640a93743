import type { RulesetOrigin, RulesetSource, Scope } from '../../src/ruleset/ruleset-source.ts';

type Flags = Map<string, unknown>;

/** Rulesets without a database: one set of flags for every scope, whose values a test sets. */
export class FakeRulesets implements RulesetOrigin {
  readonly #history: { readonly id: string; readonly key: string; readonly value: unknown }[] = [];
  readonly #wakes = new Set<() => void>();
  readonly #prefix: string;
  opened = 0;
  closed = 0;

  /** @param prefix of the hash in each id: another one is another history */
  constructor(prefix = 'aaaaaaaaaaa') {
    this.#prefix = prefix;
    this.#history.push({ id: `1.${prefix}1`, key: 'first', value: true });
  }

  get id(): string {
    return this.#history.at(-1)?.id as string;
  }

  set(key: string, value: unknown): string {
    const revision = this.#history.length + 1;
    this.#history.push({ id: `${revision}.${this.#prefix}${revision % 10}`, key, value });
    for (const wake of this.#wakes) wake();
    return this.id;
  }

  open(_scope: Scope, wake: () => void): RulesetSource {
    this.opened += 1;
    this.#wakes.add(wake);
    const history = this.#history;
    let position = history.length;
    const head = (fields: object): string => JSON.stringify({ schema: 1, hash: 1, ...fields }).slice(0, -1);
    const body = (flags: Flags): string =>
      `{${[...flags].map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
    const idAt = (index: number): string => history[index - 1]?.id as string;
    return {
      get id() {
        return idAt(position);
      },
      snapshotJson() {
        const flags: Flags = new Map(history.slice(0, position).map(({ key, value }) => [key, value]));
        return `${head({ id: idAt(position), at: position })},"flags":${body(flags)},"segments":{}}`;
      },
      advance() {
        if (position === history.length) return null;
        const from = idAt(position);
        const flags: Flags = new Map(history.slice(position).map(({ key, value }) => [key, value]));
        position = history.length;
        return `${head({ from, id: idAt(position), at: position })},"flags":${body(flags)},"segments":{}}`;
      },
      close: () => {
        this.#wakes.delete(wake);
        this.closed += 1;
      },
    };
  }
}
