import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LIMITS } from '@dimmer/contract';
import { type Condition, type EvaluationContext, evaluate, Ruleset, type RulesetSegment } from '@dimmer/core';
import { explain } from '@dimmer/core/explain';
import { compilePattern, type PatternError } from '@dimmer/core/pattern';
import { MAX_FLAG_INSTRUCTIONS, MAX_INSTRUCTIONS } from '@dimmer/core/pattern-program';
import { SPEED } from '@dimmer/core/speed';
import { MAX_STEPS } from '@dimmer/core/steps';
import { validateConditions } from '@dimmer/core/validate';
import { describe, expect, it } from 'vitest';
import { booleanFlag, snapshot } from '../../core/test/rulesets.ts';
import { root } from './fenced-blocks.ts';

const DOCUMENT = 'docs/conditions.md';
/** What the document says `$now` is. */
const NOW = Date.parse('2026-06-01T12:00:00Z');

interface Row {
  /** `docs/conditions.md:34`, and what stands there. */
  readonly place: string;
  readonly cells: readonly string[];
}

/** The rows of all tables, by the first two words of their heads. */
const tables = new Map<string, Row[]>();
let head = '';
for (const [index, line] of readFileSync(join(root, DOCUMENT), 'utf8').split('\n').entries()) {
  const cells = line.startsWith('|') ? line.slice(1, -1).split('|') : [];
  if (cells.length === 0) head = '';
  else if (head === '') head = cells.slice(0, 2).join('|').trim();
  else if (!line.startsWith('|---')) {
    const row = { place: `${DOCUMENT}:${index + 1} ${line}`, cells: cells.map((cell) => cell.trim()) };
    tables.set(head, [...(tables.get(head) ?? []), row]);
  }
}
const rowsOf = (of: string): readonly Row[] => tables.get(of) ?? [];

/** What stands between backticks. */
const codesIn = (cell: string): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code as string);

/** `plan not in ["pro"] ignoring case`, as the document writes a condition; patterns as their text. */
function conditionOf(code: string): Condition {
  const [, words, values = '[]', ignoring] = /^([^[]*?)\s*(\[.*\])?( ignoring case)?$/.exec(code) as RegExpExecArray;
  const [operator, ...before] = (words as string).split(' ').reverse();
  const not = before[0] === 'not';
  const [attribute] = not ? before.slice(1) : before;
  return {
    operator: operator as Condition['operator'],
    values: JSON.parse(values),
    ...(attribute === undefined ? {} : { attribute }),
    ...(not ? { not } : {}),
    ...(ignoring ? { ignoreCase: true } : {}),
  };
}

/** As it travels: with its patterns compiled. */
function encoded(condition: Condition): Condition {
  const { operator, values, ignoreCase = false } = condition;
  if (operator !== 'matches') return condition;
  return { ...condition, values: values.map((text) => compilePattern(text as string, { ignoreCase })) };
}

const contextOf = (code: string): EvaluationContext => new Function(`return (${code})`)();

const segments: Record<string, RulesetSegment> = Object.fromEntries(
  rowsOf('segment | included').map(({ cells: [name = '', included = '', excluded = '', rules = ''] }) => [
    codesIn(name)[0],
    {
      included: JSON.parse(codesIn(included)[0] as string),
      excluded: JSON.parse(codesIn(excluded)[0] as string),
      rules: codesIn(rules).map((rule) => ({ when: [encoded(conditionOf(rule))] })),
    },
  ]),
);

/** Whether a rule of these conditions matches, for SDKs in Node, in pages, and as the server explains it. */
function asked(when: readonly Condition[], context: EvaluationContext) {
  const rules = [{ id: 'rule', when: when.map(encoded), serve: { variation: 'on' } }];
  const matches = [SPEED, undefined].map((each) => {
    const ruleset = new Ruleset({ clock: () => NOW, speed: each });
    ruleset.replace(snapshot({ flag: booleanFlag({ rules }) }, segments));
    return { served: evaluate(ruleset, 'flag', false, context), explained: explain(ruleset, 'flag', context) };
  });
  return {
    served: matches.map(({ served }) => served.value),
    errors: matches.flatMap(({ served }) => served.errorCode ?? []),
    isUnknown: matches.map(({ explained }) => explained.rules[0]?.conditions.some(({ unknown }) => unknown)),
  };
}

/** `yes`, `no` or `unknown`, found out by asking the condition and its opposite. */
function answerTo(condition: Condition, context: EvaluationContext): string {
  const { not = false } = condition;
  const [itself, opposite] = [not, !not].map((each) => asked([{ ...condition, not: each }], context));
  expect([itself?.errors, opposite?.errors]).toEqual([[], []]);
  const [yes, no] = [itself?.served, opposite?.served];
  expect(yes?.[0]).toBe(yes?.[1]);
  expect(no?.[0]).toBe(no?.[1]);
  const answer = yes?.[0] ? 'yes' : no?.[0] ? 'no' : 'unknown';
  expect(itself?.isUnknown).toEqual([answer === 'unknown', answer === 'unknown']);
  return answer;
}

describe('the table of conditions', () => {
  it('has every operator', () => {
    const shown = rowsOf('condition | context').map(({ cells }) =>
      conditionOf(codesIn(cells[0] as string)[0] as string),
    );
    const fix = validateConditions([{ attribute: 'a', operator: 'none' as Condition['operator'], values: [] }])[0]?.fix;
    const known = fix?.replace('Use one of ', '').replace('.', '').split(', ') ?? [];
    expect(known).toContain('in');
    expect(known.filter((each) => !shown.some(({ operator }) => operator === each))).toEqual([]);
  });

  it.each(rowsOf('condition | context'))('is true: $place', ({ cells: [condition = '', context = '', answer] }) => {
    expect(answerTo(conditionOf(codesIn(condition)[0] as string), contextOf(codesIn(context)[0] as string))).toBe(
      answer,
    );
  });

  it.each(rowsOf('rule | context'))('is true of rules: $place', ({ cells: [rule = '', context = '', answer] }) => {
    const { served } = asked(codesIn(rule).map(conditionOf), contextOf(codesIn(context)[0] as string));
    expect(served).toEqual([answer === 'yes', answer === 'yes']);
  });

  it.each(rowsOf('written | the server says'))(
    'is true of what is written: $place',
    ({ cells: [written = '', said] }) => {
      const problems = validateConditions([conditionOf(codesIn(written)[0] as string)]);
      expect(problems.map(({ severity, code }) => `${severity} \`${code}\``)).toEqual([said]);
    },
  );
});

describe('the limits of conditions', () => {
  /** The longest that does not fail, by halving. */
  function longest(isFine: (length: number) => boolean): number {
    let [fine, over] = [0, 1 << 20];
    while (over - fine > 1) {
      const middle = (fine + over) >> 1;
      if (isFine(middle)) fine = middle;
      else over = middle;
    }
    return fine;
  }
  const isRead = (when: Condition, context: EvaluationContext) => asked([when], context).errors.length === 0;
  const contains: Condition = { attribute: 'text', operator: 'contains', values: ['y'] };
  const isNoLonger = (length: number): boolean => {
    try {
      compilePattern('a'.repeat(length));
    } catch (fault) {
      return !(fault as PatternError).message.includes('longer');
    }
    return true;
  };

  it('are those of the code', () => {
    expect(
      rowsOf('limit | most').map(({ cells: [limit, most = ''] }) => [limit, Number(most.replaceAll(',', ''))]),
    ).toEqual([
      ['rules of a targeting', LIMITS.rules],
      ['conditions of a rule', LIMITS.conditionsPerRule],
      ['values of a condition', LIMITS.valuesPerCondition],
      ["characters of an attribute's name", LIMITS.attributeCharacters],
      ["keys of a segment's list", LIMITS.segmentKeys],
      ['rules of a segment', LIMITS.segmentRules],
      ['characters of a pattern', longest(isNoLonger)],
      ['instructions of a pattern', MAX_INSTRUCTIONS],
      ['instructions of all patterns of a flag', MAX_FLAG_INSTRUCTIONS],
      ['instructions of all patterns of an environment', LIMITS.patternInstructions],
      [
        'characters of an attribute that a condition reads (of a list, all of them)',
        longest((length) => isRead(contains, { text: 'x'.repeat(length) })),
      ],
      [
        'bytes of a key that is hashed or looked up',
        longest((length) =>
          isRead({ operator: 'inSegment', values: ['listed'] }, { targetingKey: 'x'.repeat(length) }),
        ),
      ],
      ['steps of one evaluation', MAX_STEPS],
    ]);
  });
});
