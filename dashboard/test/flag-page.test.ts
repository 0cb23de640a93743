import { describe, expect, it } from 'vitest';
import type { Explanation } from '../src/api/explain.ts';
import { ServerError } from '../src/api/request.ts';
import type { Targeting } from '../src/api/targeting.ts';
import { draftProblems } from '../src/drafts/draft-problems.ts';
import { columnsOf, RANGES, type Range, roundUp } from '../src/pages/flag/evaluation-columns.ts';
import { explainSteps } from '../src/pages/flag/explain-steps.ts';
import { problemAt } from '../src/pages/flag/form/problem-at.ts';
import { ignoredPathProblem, parseDial } from '../src/pages/flag/launch/dial-words.ts';
import { formatMs, formatRate } from '../src/pages/flag/launch/figures.ts';
import { conflictIn } from '../src/pages/flag/save/conflict-in.ts';
import { flagLightOf } from '../src/sentences/flag-light.ts';

const targeting: Targeting = {
  project: 'shop',
  flag: 'x',
  environment: 'production',
  version: 7,
  revision: 70,
  on: true,
  off: 'off',
  prerequisites: [],
  fallthrough: { variation: 'off' },
  targets: [{ variation: 'on', keys: ['ann'] }],
  rules: [
    {
      id: 'a',
      when: [{ attribute: 'plan', operator: 'in', values: ['pro'] }],
      serve: { slices: [{ variation: 'on', parts: 10_000 }] },
    },
  ],
};
const stages = (...keys: string[]) => keys.map((key) => ({ key, value: key }));

describe('how far up a flag is', () => {
  const migration = { type: 'migration', variations: stages('off', 'dual-write', 'shadow', 'live') } as const;
  const theme = { type: 'string', variations: stages('blue', 'green') } as const;

  it('is the share of a boolean that is on, of a launch that is live', () => {
    const toggle = {
      type: 'boolean',
      variations: [
        { key: 'yes', value: true },
        { key: 'no', value: false },
      ],
    } as const;
    const shares = [
      { variation: 'yes', percent: 12.5 },
      { variation: 'no', percent: 87.5 },
    ];
    expect(flagLightOf(toggle, shares)).toEqual({ figure: '12.5 %', light: 12.5, dark: 0 });
    const launch = { type: 'launch', variations: stages('off', 'dark', 'live') } as const;
    const split = [
      { variation: 'dark', percent: 30 },
      { variation: 'live', percent: 5 },
      { variation: 'off', percent: 65 },
    ];
    expect(flagLightOf(launch, split)).toEqual({ figure: '5 %', light: 5, dark: 30 });
  });

  it('is the stage of a migration, a fifth of the way each', () => {
    const shares = [
      { variation: 'shadow', percent: 40 },
      { variation: 'dual-write', percent: 60 },
    ];
    expect(flagLightOf(migration, shares)).toEqual({ figure: 'shadow 40 %', light: 28, dark: 0 });
    expect(flagLightOf(migration, [{ variation: 'live', percent: 100 }]).figure).toBe('live');
  });

  it('is the variation that all others get, or into how many they split', () => {
    expect(flagLightOf(theme, [{ variation: 'blue', percent: 100 }]).figure).toBe('blue');
    expect(
      flagLightOf(theme, [
        { variation: 'blue', percent: 50 },
        { variation: 'green', percent: 50 },
      ]).figure,
    ).toBe('2-way split');
  });
});

describe('a draft that would be refused', () => {
  it('says so where it is typed', () => {
    const slices = (parts: number) => ({ slices: [{ variation: 'on', parts }] });
    const when = [
      { attribute: '', operator: 'in', values: [] },
      { operator: 'inSegment', values: ['a'] },
    ];
    const found = draftProblems({
      ...targeting,
      fallthrough: slices(99_000),
      rules: [{ id: 'a', when, serve: slices(100_001) }],
      prerequisites: [{ flag: '', variations: [] }],
    });
    expect([...found.keys()]).toEqual([
      'fallthrough',
      'rules[0].serve',
      'rules[0].when[0].attribute',
      'rules[0].when[0].values',
      'prerequisites[0].flag',
    ]);
    expect(found.get('fallthrough')).toBe('The shares come to 99 %: 1 % are missing.');
    expect(found.get('rules[0].serve')).toBe('The shares come to 100.001 %: take 0.001 % away.');
  });

  it('is none where a rule leaves a rest, and conditions that need no value have none', () => {
    const when = [{ attribute: 'plan', operator: 'exists', values: [] }];
    expect(draftProblems({ ...targeting, rules: [{ id: 'a', when, serve: { slices: [] } }] }).size).toBe(0);
  });
});

describe('why somebody gets what they get', () => {
  const nothing: Explanation = {
    evaluation: { reason: 'DEFAULT', variation: 'off', value: false },
    decidedBy: 'fallthrough',
    prerequisites: [],
    rules: [],
    revision: 1,
    at: 1,
  };
  const split = {
    by: 'targetingKey',
    key: 'eve',
    seed: 's',
    bucket: 82_539,
    slices: [{ variation: 'on', from: 0, to: 10_000 }],
  };
  const conditions = [{ attribute: 'plan', operator: 'in', not: false, actual: 'pro', matches: true, isKnown: true }];
  const said = (explanation: Partial<Explanation>) =>
    explainSteps({ ...nothing, ...explanation }, targeting).map(({ outcome, sentence }) => `${outcome}: ${sentence}`);

  it('tells each step in order', () => {
    expect(said({ rules: [{ id: 'a', index: 0, conditions, matches: true, split }] })).toEqual([
      'failed: No individual target has this key.',
      'failed: Rule 1 matches: user id eve falls at 82.539 %, outside its percentage, and goes on.',
      'decided: The default rule serves off.',
    ]);
  });

  it('tells of each condition what the context said', () => {
    const missing = [{ attribute: 'plan', operator: 'in', not: false, matches: false, isKnown: true }];
    const steps = explainSteps(
      { ...nothing, rules: [{ id: 'a', index: 0, conditions: missing, matches: false }] },
      targeting,
    );
    expect(steps[1]).toEqual({
      outcome: 'failed',
      sentence: 'Rule 1 does not match.',
      parts: [{ holds: false, sentence: 'plan is pro: the context does not say' }],
    });
  });

  it('ends where it was decided', () => {
    const hit = { ...split, bucket: 5_000, variation: 'on' };
    expect(
      said({
        decidedBy: 'rule',
        evaluation: { reason: 'SPLIT', variation: 'on' },
        rules: [{ id: 'a', index: 0, conditions, matches: true, split: hit }],
      }).at(-1),
    ).toBe('decided: Rule 1 matches: user id eve falls at 5 %: on is served from 0 % to 10 %.');
    expect(said({ decidedBy: 'off' })).toEqual(['decided: The flag is off here: everyone gets off.']);
    expect(said({ decidedBy: 'target', target: { variation: 'on', key: 'ann' } })).toEqual([
      'decided: ann is targeted by name: on.',
    ]);
    const prerequisites = [{ flag: 'base', variations: ['on'], served: 'off', isOn: true, isMet: false }];
    expect(said({ decidedBy: 'prerequisite', prerequisites })).toEqual([
      'decided: Prerequisite base serves off, but has to serve on: so off.',
    ]);
  });
});

describe('evaluations over time', () => {
  const hour = RANGES[0] as Range;
  const to = Date.UTC(2026, 10, 20, 12, 0, 30);

  it('are columns without gaps, and nothing is lost', () => {
    const minute = (ago: number) => Math.floor(to / 60_000) * 60_000 - ago * 60_000;
    const items = [
      { minute: minute(0), variation: 'on', count: 3 },
      { minute: minute(0), variation: null, count: 1 },
      { minute: minute(59), variation: 'on', count: 5 },
    ];
    const columns = columnsOf(items, to, hour);
    expect(columns).toHaveLength(60);
    expect(columns.reduce((sum, { total }) => sum + total, 0)).toBe(9);
    expect(columns.at(-1)?.counts).toEqual(
      new Map([
        ['on', 3],
        [null, 1],
      ]),
    );
  });

  it('have a round top', () => expect([0, 1, 7, 12, 430, 5_001].map(roundUp)).toEqual([1, 1, 10, 20, 500, 10_000]));
});

describe('the dials of a launch', () => {
  it('are numbers in their bounds, or given back to the code', () => {
    expect(parseDial('samplePercent', '12,5')).toBe(12.5);
    expect(parseDial('samplePercent', '')).toBeNull();
    expect(parseDial('samplePercent', '101')).toEqual({ problem: 'At most 100.' });
    expect(parseDial('maxInFlight', '1.5')).toEqual({ problem: 'Write a whole number.' });
    expect(parseDial('timeoutMs', '1e3')).toHaveProperty('problem');
  });

  it('take paths that the server takes', () => {
    expect(['/a', '/a/*/b', '/a/**', ''].map(ignoredPathProblem)).toEqual([null, null, null, expect.any(String)]);
    expect(ignoredPathProblem('/a/**/b')).toMatch(/stands at the end/);
  });

  it('are reported in figures that are as exact as they are worth', () => {
    expect([null, 0, 1, 0.5, 0.0123, 0.000_04].map(formatRate)).toEqual([
      '–',
      '0 %',
      '100 %',
      '50.0 %',
      '1.23 %',
      '0.004 %',
    ]);
    expect([undefined, 0.0986, 1.053, 12_345].map(formatMs)).toEqual(['–', '0.0986 ms', '1.05 ms', '12.3 s']);
  });
});

describe('what the server refuses', () => {
  it('is shown at its field', () => {
    const error = new ServerError(422, {
      code: 'BODY_INVALID',
      message: 'First.',
      path: 'key',
      fix: 'Mend it.',
      details: {
        problems: [
          { path: 'key', message: 'First.' },
          { path: 'tags[0]', message: 'Second.', fix: 'Mend.' },
        ],
      },
    });
    expect(problemAt(error)).toEqual(
      new Map([
        ['key', 'First.'],
        ['tags[0]', 'Second. Mend.'],
      ]),
    );
    expect(problemAt(new Error('x')).size).toBe(0);
  });

  it('because somebody was faster has their version, and who they are', () => {
    const { project: _p, flag: _f, environment: _e, version: _v, revision: _r, ...body } = targeting;
    const current = { version: 8, revision: 80, body, at: 5, by: 'Bob', reason: 'why' };
    const error = new ServerError(412, { code: 'VERSION_CONFLICT', message: 'x', details: { expected: 7, current } });
    expect(conflictIn(error, targeting)).toEqual({
      targeting: { ...targeting, version: 8, revision: 80 },
      by: 'Bob',
      at: 5,
      reason: 'why',
    });
    expect(conflictIn(new ServerError(409, { code: 'FLAG_KILLED', message: 'x' }), targeting)).toBeNull();
  });
});
