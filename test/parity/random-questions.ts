/**
 * Random rulesets and contexts, the same on every machine for the same seed: it runs in Node and, bundled, in a
 * browser, and both must ask the same questions.
 */

import type {
  Condition,
  EvaluationContext,
  JsonValue,
  RulesetFlag,
  RulesetSegment,
  Serve,
  Snapshot,
} from '@dimmer/core';
import { CONDITION_OPERATORS } from '@dimmer/core/condition-operators';
import { compilePattern } from '@dimmer/core/pattern';
import { randomFrom } from '../random-from.ts';

/** One question: a flag, a default and a context. */
export interface Question {
  readonly key: string;
  readonly defaultValue: JsonValue;
  readonly context: EvaluationContext;
}

const FLAGS = 40;
const CONTEXTS = 50;
/** Questions asked of one ruleset: every flag for every context. */
export const QUESTIONS = FLAGS * CONTEXTS;

const ATTRIBUTES = [
  'targetingKey',
  'plan',
  'age',
  'version',
  'ip',
  'born',
  'tags',
  'beta',
  '/address/city',
  '__proto__',
  'odd',
];
const TEXTS = [
  '',
  'a',
  'pro',
  'PRO',
  'free',
  'ünïcödé',
  '吉 星 高 照',
  'My 🚀',
  '\ud800',
  'constructor',
  '3',
  'true',
  '1e3',
  'é',
  'e\u0301',
];
const NUMBERS = [0, -0, 1, 2, 3, 7, 18, 65, 1.5, -1, 2 ** 53, 1e21, 1e-7];
const VERSIONS = ['1.0.0', 'v2.1.3', '2', '2.0-rc', '1.10.0', '1.2.3-alpha.1', '01.0.0', '1.2.3.4', '1.0.0+build'];
const ADDRESSES = ['10.0.0.1', '192.168.1.77', '::1', '2001:db8::7', '::ffff:10.0.0.1', '256.1.1.1', 'nowhere'];
const RANGES = ['10.0.0.0/8', '192.168.0.0/16', '2001:db8::/32', '::/0', '0.0.0.0/0', '10.0.0.1/32'];
const INSTANTS = [
  '2026-01-01T00:00:00Z',
  '2026-06-01T12:00:00+02:00',
  1_767_225_600_000,
  0,
  '2026-01-01',
  '2026-13-01T00:00:00Z',
];
const PATTERNS = ['^a', 'o$', '[a-z]+', '^(a+)+$', '\\d{2,3}', 'ü|🚀', '.', '^$', '\\bpro\\b'].map((text) =>
  compilePattern(text),
);

class Maker {
  readonly #die: () => number;

  constructor(seed: number) {
    this.#die = randomFrom(seed);
  }

  snapshot(): Snapshot {
    const segments: [string, RulesetSegment][] = this.#times(5, (index) => [`segment-${index}`, this.#segment()]);
    const flags: [string, RulesetFlag][] = this.#times(FLAGS, (index) => [flagKey(index), this.#flag(index)]);
    const rest = { flags: Object.fromEntries(flags), segments: Object.fromEntries(segments) };
    return { schema: 1, hash: 1, id: '1.000000000001', at: 0, ...rest };
  }

  questions({ flags }: Snapshot): Question[] {
    const contexts = this.#times(CONTEXTS, () => this.#context());
    return contexts.flatMap((context) =>
      Object.entries(flags).map(([key, { type }]) => ({ key, defaultValue: this.#defaultFor(type), context })),
    );
  }

  /** Mostly of the type that the flag has. */
  #defaultFor(type: RulesetFlag['type']): JsonValue {
    const fitting = { boolean: false, string: 'default', number: 0, json: {}, launch: 'off', migration: 'off' }[type];
    return this.#die() < 0.8 ? fitting : this.#pick([false, 'default', 0, {}, null]);
  }

  #context(): EvaluationContext {
    const any = () =>
      this.#pick([
        ...TEXTS,
        ...NUMBERS,
        ...VERSIONS,
        ...ADDRESSES,
        ...INSTANTS,
        true,
        false,
        null,
        undefined,
        Number.NaN,
      ]);
    const entries: [string, unknown][] = [
      ['targetingKey', this.#pick([`user-${this.#below(1_000)}`, this.#below(1_000), ...TEXTS, undefined])],
      ['plan', this.#pick(TEXTS)],
      ['age', this.#pick([...NUMBERS, '18', '0x12', ' 7'])],
      ['version', this.#pick(VERSIONS)],
      ['ip', this.#pick(ADDRESSES)],
      ['born', this.#pick(INSTANTS)],
      ['tags', this.#times(this.#below(4), any)],
      ['beta', this.#pick([true, false, 'true', null])],
      ['address', this.#pick([{ city: this.#pick(TEXTS) }, 'flat', null])],
      ['__proto__', any()],
      ['odd', this.#pick([any(), {}, [[]], [{}]])],
    ];
    return Object.fromEntries(entries.filter(() => this.#die() < 0.8));
  }

  #flag(index: number): RulesetFlag {
    const type = this.#pick(['boolean', 'boolean', 'string', 'number', 'json', 'launch', 'migration'] as const);
    const values = {
      boolean: [true, false],
      string: ['red', 'blue', ''],
      number: [0, 1.5, -3],
      json: [{ a: [1] }, [], null, 'text'],
      launch: ['off', 'dark', 'live'],
      migration: ['off', 'shadow', 'live'],
    }[type] as JsonValue[];
    const variations = values.map((value, position) => ({
      key: type === 'launch' || type === 'migration' ? `${value}` : `v${position}`,
      value,
    }));
    const keys = variations.map(({ key }) => key);
    const flag: RulesetFlag = {
      type,
      variations,
      on: this.#die() < 0.9,
      off: this.#pick(keys),
      seed: `seed-${this.#below(20)}`,
      rules: this.#times(this.#below(5), (position) => ({
        id: `rule-${position}`,
        when: this.#times(this.#below(3), () => this.#condition()),
        serve: this.#serve(keys, false),
      })),
      fallthrough: this.#serve(keys, true),
      targets:
        this.#die() < 0.2
          ? [{ variation: this.#pick(keys), keys: [this.#pick(TEXTS), `user-${this.#below(1_000)}`] }]
          : [],
    };
    // One in forty is malformed, and must not touch the others. Prerequisites look both ways: some form cycles.
    if (this.#die() < 0.025) return { ...flag, off: 'nowhere' };
    if (index > 4 && this.#die() < 0.7) return flag;
    // The fourth and fifth need each other: a cycle.
    const other = index === 3 ? 4 : index === 4 ? 3 : this.#below(FLAGS + 1);
    const needed = { flag: flagKey(other), variations: ['v0', 'v1', 'dark', 'live'] };
    return { ...flag, prerequisites: [needed] };
  }

  #serve(keys: readonly string[], mustCover: boolean): Serve {
    if (this.#die() < 0.4) return { variation: this.#pick(keys) };
    const parts = keys.map(() => this.#below(40_000));
    let sum = parts.reduce((total, part) => total + part, 0);
    for (let i = 0; sum > 100_000; i++) {
      sum -= parts[i % parts.length]!;
      parts[i % parts.length] = 0;
    }
    if (mustCover) parts[parts.length - 1]! += 100_000 - sum;
    const slices = keys.map((variation, position) => ({ variation, parts: parts[position]! }));
    return this.#pick([{ slices }, { slices, seed: 'shared' }, { slices, by: this.#pick(['plan', 'age', 'nowhere']) }]);
  }

  #segment(): RulesetSegment {
    return {
      included: this.#times(this.#below(4), () => this.#pick(TEXTS)),
      excluded: this.#times(this.#below(2), () => this.#pick(TEXTS)),
      rules: this.#times(this.#below(3), () => ({ when: [this.#condition('in'), this.#condition('exists')] })),
    };
  }

  #condition(operator: Condition['operator'] = this.#pick(CONDITION_OPERATORS)): Condition {
    const rest = {
      operator,
      values: this.#times(1 + this.#below(3), () => this.#value(operator)),
      not: this.#die() < 0.3,
      ignoreCase: this.#die() < 0.2,
    };
    return operator === 'inSegment' ? rest : { ...rest, attribute: this.#pick(ATTRIBUTES) };
  }

  #value(operator: Condition['operator']): JsonValue {
    if (operator === 'in') return this.#pick([...TEXTS, ...NUMBERS, true, false]);
    if (operator === 'matches') return this.#pick(PATTERNS) as JsonValue;
    if (operator === 'inSegment') return `segment-${this.#below(6)}`;
    if (operator === 'modulo') return [1 + this.#below(5), this.#below(3)];
    if (operator === 'cidr') return this.#pick(RANGES);
    if (operator === 'before' || operator === 'after') return this.#pick(INSTANTS);
    if (operator.startsWith('semver')) return this.#pick(VERSIONS);
    if (/^[lg]te?$/.test(operator)) return this.#pick(NUMBERS);
    return this.#pick(TEXTS);
  }

  #below(limit: number): number {
    return Math.floor(this.#die() * limit);
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.#below(items.length)] as T;
  }

  #times<T>(count: number, make: (index: number) => T): T[] {
    return Array.from({ length: count }, (_, index) => make(index));
  }
}

function flagKey(index: number): string {
  return ['__proto__', 'constructor', 'toString'][index] ?? `flag-${index}`;
}

/** The `round`th ruleset, and what is asked of it. */
export function createRound(round: number): { readonly snapshot: Snapshot; readonly questions: readonly Question[] } {
  const maker = new Maker(round);
  const snapshot = maker.snapshot();
  return { snapshot, questions: maker.questions(snapshot) };
}
