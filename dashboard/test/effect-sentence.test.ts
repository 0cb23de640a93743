import { PARTS, Ruleset } from '@dimmer/core';
import { reweigh } from '@dimmer/core/reweigh';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { POPULATION, targetings } from '../../core/test/populations.ts';
import { booleanFlag, snapshot } from '../../core/test/rulesets.ts';
import type { TargetingBody } from '../src/api/targeting-body.ts';
import { effectSentences, servedSentence } from '../src/pages/flag/effect-sentence.ts';

const CASES = Number(process.env.DIMMER_CASES ?? 150);
const seed = 'checkout';
const values = { on: true, off: false } as const;
const toggle = {
  type: 'boolean',
  seed,
  variations: [
    { key: 'on', value: true },
    { key: 'off', value: false },
  ],
} as const;
const theme = { type: 'string', seed, variations: ['off', 'a', 'b'].map((key) => ({ key, value: key })) } as const;
const launch = {
  type: 'launch',
  seed,
  variations: ['off', 'dark', 'live'].map((key) => ({ key, value: key })),
} as const;

/** A targeting without rules. */
function body(parts: Partial<TargetingBody> = {}): TargetingBody {
  return {
    on: true,
    off: 'off',
    prerequisites: [],
    targets: [],
    rules: [],
    fallthrough: { variation: 'off' },
    ...parts,
  };
}

/** A default rule with so many percent of each. */
function split(weights: Readonly<Record<string, number>>, before: TargetingBody['fallthrough'] = { variation: 'off' }) {
  const sum = Object.values(weights).reduce((total, percent) => total + percent, 0);
  const rest: readonly (readonly [string, number])[] = sum < 100 ? [['off', 100 - sum]] : [];
  return reweigh(
    before,
    new Map([...Object.entries(weights), ...rest].map(([key, percent]) => [key, percent * 1_000])),
    'off',
  );
}

const testers = {
  id: 'testers',
  when: [{ operator: 'inSegment', values: ['testers'] }],
  serve: { variation: 'on' },
} as const;

describe('what will come of a change', () => {
  const at = (on: number) => body({ fallthrough: split({ on }) });
  const raised = (from: number, to: number) => {
    const before = at(from);
    return effectSentences(toggle, before, { ...before, fallthrough: split({ on: to }, before.fallthrough) });
  };

  it('raising only adds people', () => {
    expect(raised(1, 10)).toEqual(['1 in 10 people will get on; nobody who has it now loses it.']);
    expect(raised(25, 100)).toEqual(['Everyone will get on; nobody who has it now loses it.']);
  });

  it('lowering says how many lose it', () => {
    expect(raised(50, 25)).toEqual(['1 in 4 people will get on; 1 in 4 people lose it.']);
    expect(raised(100, 0)).toEqual(['Nobody will get on; everyone loses it.']);
  });

  it('off to 1 % takes nothing from anybody', () => {
    const off = body({ on: false, fallthrough: { variation: 'on' } });
    const after = { ...off, on: true, fallthrough: split({ on: 1 }, off.fallthrough) };
    expect(effectSentences(toggle, off, after)).toEqual(['It is off now; 1 in 100 people will get on.']);
  });

  it('the people of a rule that goes while the dimmer is raised are counted, and nobody is promised what they lose', () => {
    const before = body({ rules: [testers], fallthrough: split({ on: 10 }) });
    const after = body({ fallthrough: split({ on: 25 }, before.fallthrough) });
    expect(effectSentences(toggle, before, after)).toEqual([
      '1 in 4 people will get on; none of them loses it.',
      'From rule 1 (someone is in the segment testers) to the default rule: on → 25 % on; 3 in 4 of them lose it.',
    ]);
  });

  it('a rule that comes names whom it takes out of the default rule', () => {
    const before = body({ fallthrough: split({ on: 10 }) });
    const rule = { ...testers, serve: { variation: 'off' } };
    expect(effectSentences(toggle, before, { ...before, rules: [rule] })).toEqual([
      'Of everyone not matched by a rule, 1 in 10 people get on, unchanged.',
      'From the default rule to rule 1 (someone is in the segment testers): 10 % on → off; 1 in 10 of them lose it.',
    ]);
  });

  it('targets, prerequisites and the off variation are looked at as well', () => {
    const before = body({ targets: [{ variation: 'on', keys: ['ann'] }], fallthrough: split({ on: 10 }) });
    expect(effectSentences(toggle, before, { ...before, targets: [] }).slice(1)).toEqual([
      'From people named one by one to the default rule: on → 10 % on; some of them may lose it.',
    ]);
    const needing = { ...at(10), prerequisites: [{ flag: 'base', variations: ['on'] }] };
    expect(effectSentences(toggle, at(10), needing).slice(1)).toEqual([
      'From the default rule to where a prerequisite is not met: 10 % on → off; 1 in 10 of them lose it.',
    ]);
    expect(effectSentences(theme, body({ on: false }), body({ on: false, off: 'a' }))).toEqual([
      'Off. Everyone will get a instead of off.',
    ]);
  });

  it('staying is said to be unchanged, and off is off, whatever the dimmer says', () => {
    expect(effectSentences(toggle, at(10), at(10))).toEqual(['1 in 10 people get on, unchanged.']);
    expect(effectSentences(toggle, at(0), at(0))).toEqual(['Nobody gets on, unchanged.']);
    const off = { ...at(10), on: false };
    expect(effectSentences(toggle, at(10), off)).toEqual(['It will be off: everyone will get off.']);
    expect(effectSentences(toggle, off, off)).toEqual(['Off. Everyone gets off.']);
    expect(servedSentence(toggle, { ...off, rules: [testers] })).toBe('1 in 10 people get on, after 1 rule.');
  });

  it('where it is not served yet, callers have their own default, and nobody is promised what they keep', () => {
    const before = body({ on: false });
    const isAbsent = true;
    expect(effectSentences(toggle, before, before, { isAbsent })).toEqual([
      'Not served here: everyone gets the default in their own code.',
    ]);
    expect(effectSentences(toggle, before, { ...before, off: 'on' }, { isAbsent })).toEqual([
      'Now everyone gets the default in their own code. Everyone will get on.',
    ]);
    const after = body({ fallthrough: split({ on: 10 }) });
    expect(effectSentences(toggle, before, after, { isAbsent })).toEqual([
      'Now everyone gets the default in their own code. 1 in 10 people will get on.',
    ]);
  });

  it('nobody is said to get it while nobody meets a prerequisite', () => {
    const prerequisites = [{ flag: 'payments', variations: ['on'] }];
    const before = body({ prerequisites, fallthrough: split({ on: 10 }) });
    const after = { ...before, fallthrough: split({ on: 25 }, before.fallthrough) };
    expect(effectSentences(toggle, before, after, { blockedBy: 'payments' })).toEqual([
      'Everyone gets off as long as nobody meets the prerequisite payments.',
      'Once it is met: 1 in 4 people will get on.',
    ]);
    expect(effectSentences(toggle, before, { ...after, prerequisites: [] }, { blockedBy: 'payments' })).toEqual(
      effectSentences(toggle, before, { ...after, prerequisites: [] }),
    );
  });

  it('another seed draws anew, and nobody is promised anything', () => {
    const before = at(10);
    const fallthrough = { ...(before.fallthrough as object), seed: 'other' } as TargetingBody['fallthrough'];
    expect(effectSentences(toggle, before, { ...before, fallthrough })[0]).toMatch(/drawn anew/);
  });

  it('what is hashed by another attribute is not counted in people', () => {
    const by = { ...(split({ on: 10 }) as object), by: 'company' } as TargetingBody['fallthrough'];
    expect(servedSentence(toggle, body({ fallthrough: by }))).toBe('1 in 10 values of company get on.');
  });

  it('a launch is live for some and dark for others', () => {
    expect(effectSentences(launch, body(), body({ fallthrough: split({ live: 1, dark: 99 }) }))).toEqual([
      '1 in 100 people will get the new code (live); for 99 in 100 people it will run unseen beside the old (dark); nobody who has it now loses it.',
    ]);
  });

  it('of many variations it says how many people move', () => {
    const before = body({ fallthrough: split({ a: 50, b: 50 }) });
    const after = { ...before, fallthrough: split({ a: 60, b: 40 }, before.fallthrough) };
    expect(effectSentences(theme, before, after)[0]).toMatch(/; 1 in 10 people get another variation than now\.$/);
  });
});

describe('any change at all', () => {
  const rulesetOf = (targeting: TargetingBody): Ruleset => {
    const ruleset = new Ruleset();
    const half = {
      slices: [
        { variation: 'on', parts: PARTS / 2 },
        { variation: 'off', parts: PARTS / 2 },
      ],
    };
    const needed = booleanFlag({ fallthrough: half });
    const checkout = { ...booleanFlag(), ...(targeting as object), seed };
    ruleset.replace(snapshot({ checkout, needed }, { testers: { included: ['u1', 'u2', 'u3'] } }));
    return ruleset;
  };
  // `blue` is no variation of a boolean flag: it stands for off.
  const toggles = targetings.map(
    (targeting) => JSON.parse(JSON.stringify(targeting).replaceAll('"blue"', '"off"')) as TargetingBody,
  );
  const served = (ruleset: Ruleset): boolean[] =>
    POPULATION.slice(0, 300).map((context) => {
      const flag = ruleset.get('checkout');
      return values[(flag?.variation(flag.decide(context))?.key ?? 'off') as 'on' | 'off'];
    });

  it('promises that nobody loses it only where the evaluator takes it from nobody', () => {
    fc.assert(
      fc.property(toggles, toggles, (before, after) => {
        const sentences = effectSentences(toggle, before, after).join(' ');
        const [was, is] = [served(rulesetOf(before)), served(rulesetOf(after))];
        const losers = was.filter((had, index) => had && !is[index]).length;
        if (/nobody who has it now loses it/.test(sentences)) expect(losers, sentences).toBe(0);
        if (losers > 0) expect(sentences).toMatch(/loses? it|will be off|drawn anew|too many/i);
        const isMoved = was.some((had, index) => had !== is[index]);
        // Whoever gets something else is told of: not all of it can be "unchanged".
        if (isMoved) expect(sentences).not.toMatch(/^[^.]*, unchanged\.$|^Off\. Everyone gets/);
      }),
      { numRuns: CASES * 4 },
    );
  });
});
