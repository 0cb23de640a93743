import { createContext, Script } from 'node:vm';
import { Ruleset } from '@dimmer/core';
import { compilePattern, PatternError } from '@dimmer/core/pattern';
import { createMatcher } from '@dimmer/core/pattern-program';
import { beginSteps } from '@dimmer/core/steps';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { expectInTime } from '../../test/patience.ts';
import { loadPatterns } from '../../test/vectors/vectors.ts';
import { booleanFlag, snapshot } from './rulesets.ts';
import { expectSame } from './same.ts';

const { patterns, refused } = loadPatterns();
const RUNS = Number(process.env.DIMMER_CASES ?? 2_000);

function matches(program: unknown, text: string): boolean | undefined {
  beginSteps();
  return createMatcher(program)!(text);
}

/** Random patterns may need more instructions than a program may have. */
function compileIfSmall(source: string, ignoreCase: boolean): unknown {
  try {
    return compilePattern(source, { ignoreCase });
  } catch (fault) {
    if (!String(fault).includes('instructions')) throw fault;
    return undefined;
  }
}

function pointsOf(ranges: readonly number[]): number[] {
  const points: number[] = [];
  for (let i = 0; i < ranges.length; i += 2) for (let at = ranges[i]!; at <= ranges[i + 1]!; at++) points.push(at);
  return points;
}

const NATIVE_TIMEOUT_MS = 5;
const sandbox = createContext({});
const nativeTest = new Script('native.test(subject)');

/** What the engine's own RegExp says; undefined if it is still backtracking, which some random patterns make it do for ever. */
function testNatively(native: RegExp, subject: string): boolean | undefined {
  Object.assign(sandbox, { native, subject });
  try {
    return nativeTest.runInContext(sandbox, { timeout: NATIVE_TIMEOUT_MS });
  } catch {
    return undefined;
  }
}

describe('patterns', () => {
  test.each([
    ['latin', 0x41, 0x24f],
    ['of which the other case lies elsewhere', 0x61, 0x17e],
    ['of three cases', 0x2120, 0x2130],
    ['cherokee', 0x13a0, 0xab80],
  ])('ignoring case, a range of letters is its letters one by one: %s', (_, low, high) => {
    const letter = (point: number) => `\\u{${point.toString(16)}}`;
    const [range] = compilePattern(`[${letter(low)}-${letter(high)}]`, { ignoreCase: true });
    const each = Array.from({ length: high - low + 1 }, (_, i) => {
      return compilePattern(letter(low + i), { ignoreCase: true })[0] as readonly number[];
    });
    // Ranges that hold the same points: each letter's, and no others.
    const inRange = new Set(pointsOf(range as readonly number[]));
    expect([...inRange].sort()).toEqual([...new Set(each.flatMap(pointsOf))].sort());
  });

  test.each(patterns)('/$pattern/ (ignore case: $ignoreCase) matches what the vectors say', (vector) => {
    const { pattern, ignoreCase, program, matches: matching, differs } = vector;
    expect(compilePattern(pattern, { ignoreCase })).toEqual(program);
    expect(matching.filter((text) => !matches(program, text))).toEqual([]);
    expect(differs.filter((text) => matches(program, text))).toEqual([]);
  });

  test.each(refused)('%s is refused, with the place and the fix', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(PatternError);
  });

  test('agree with the native RegExp on random patterns and texts', () => {
    const atom = fc.constantFrom('a', 'b', '.', '\\d', '\\W', '[ab]', '[^a]', '[b-z]', '\\s', 'é', '😀', 'x', '1', '_');
    const edge = fc.constantFrom('^', '$', '\\b', '\\B');
    const quantifier = fc.constantFrom('', '', '*', '+', '?', '{2}', '{1,3}', '{0,1}', '{2,}', '*?');
    const { pattern } = fc.letrec<{ pattern: string; piece: string }>((tie) => ({
      pattern: fc.array(tie('piece'), { maxLength: 4 }).map((pieces) => pieces.join('')),
      piece: fc.oneof(
        { maxDepth: 2 },
        fc.tuple(atom, quantifier).map(([one, times]) => one + times),
        edge,
        fc
          .tuple(tie('pattern'), tie('pattern'), quantifier)
          .map(([left, right, times]) => `(?:${left}|${right})${times}`),
      ),
    }));
    const text = fc
      .array(fc.constantFrom('a', 'b', 'x', 'A', '1', ' ', '_', 'é', 'É', '😀', '\n', '\ud83d'))
      .map((all) => all.join(''));
    fc.assert(
      fc.property(pattern, text, fc.boolean(), (source, subject, ignoreCase) => {
        // V8 takes the middle of a surrogate pair for a position that is no word's edge. It is no position at all.
        fc.pre(!(source.includes('\\B') && subject.includes('😀')));
        const native = new RegExp(source, ignoreCase ? 'iu' : 'u');
        const program = compileIfSmall(source, ignoreCase);
        fc.pre(program !== undefined);
        const expected = testNatively(native, subject);
        fc.pre(expected !== undefined);
        expectSame(matches(program, subject), expected);
      }),
      { numRuns: Math.min(RUNS, 20_000) },
    );
  });

  test('take time in proportion to the text, also those that are catastrophic elsewhere', () => {
    for (const source of ['^(a+)+$', '(a|a)*b', '(a*)*b', '^(a?){30}a{30}$']) {
      const program = compilePattern(source);
      const millisecondsFor = (length: number): number => {
        const start = performance.now();
        // Elsewhere this takes 2^length steps: that it comes to an end at all is what counts.
        // No match, or not decided within the steps of an evaluation, where the text is long.
        expect(matches(program, `${'a'.repeat(length)}!`)).not.toBe(true);
        return performance.now() - start;
      };
      millisecondsFor(10_000);
      expectInTime('30 characters', millisecondsFor(30), 5);
      expectInTime('30,000 characters', millisecondsFor(30_000), 1_000);
    }
  });

  test('that are damaged on the way decide nothing and break nothing', () => {
    fc.assert(
      fc.property(fc.array(fc.anything()), fc.string(), (program, text) => {
        const ruleset = new Ruleset();
        const when = [{ attribute: 'a', operator: 'matches' as const, values: [program as never] }];
        ruleset.replace(snapshot({ odd: booleanFlag({ rules: [{ id: 'r', when, serve: { variation: 'on' } }] }) }));
        expectSame(typeof ruleset.get('odd')!.decide({ a: text }), 'number');
      }),
      { numRuns: 2_000 },
    );
  });
});
