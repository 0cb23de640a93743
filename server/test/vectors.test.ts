import { createFlagInput, targetingInput } from '@dimmer/contract';
import { evaluate, Ruleset, type Snapshot } from '@dimmer/core';
import { describe, expect, it } from 'vitest';
import { type DecisionVectors, loadDecisions, loadPatterns } from '../../test/vectors/vectors.ts';
import { createFlag } from '../src/commands/flags.ts';
import { addRule } from '../src/commands/rules.ts';
import { createSegment } from '../src/commands/segments.ts';
import { toggleFlag } from '../src/commands/switches.ts';
import { replaceTargeting } from '../src/commands/targeting.ts';
import { RulesetView } from '../src/ruleset/ruleset-view.ts';
import { openShop } from './change-log-fixture.ts';

/**
 * Enters a ruleset as a person would: validated, then by commands. What cannot be entered, because it is malformed or travels in
 * another form (patterns), stays out.
 *
 * @returns the ruleset that SDKs receive, and which flags are in it as they were in the vectors
 */
async function enter({ ruleset }: DecisionVectors) {
  const { ask, state } = await openShop();
  const where = (flag: string) => ({ project: 'shop', flag, environment: 'production' });
  for (const [key, { included = [], excluded = [], rules = [] }] of Object.entries(ruleset.segments)) {
    await ask(createSegment('shop', { key, included, excluded, rules }));
  }
  const entered = new Set<string>();
  for (const [key, { type, variations, seed }] of Object.entries(ruleset.flags)) {
    const input = createFlagInput.safeParse({ key, type, variations, seed });
    if (input.success && (await ask(createFlag('shop', input.data))).ok) entered.add(key);
  }
  for (const [key, flag] of Object.entries(ruleset.flags)) {
    const { on, off, prerequisites, targets, fallthrough, seed } = flag;
    // Rules share the flag's seed unless they have one, which has to be said: those that are added have their own.
    const rules = flag.rules?.map((rule) =>
      'slices' in rule.serve ? { ...rule, serve: { seed, ...rule.serve } } : rule,
    );
    const input = targetingInput.safeParse({ on, off, prerequisites, targets, rules, fallthrough });
    const isEntered =
      entered.has(key) &&
      input.success &&
      (await ask(replaceTargeting(where(key), input.data), { expectedVersion: 1 })).ok;
    if (!isEntered) entered.delete(key);
  }
  // What needs a flag that stayed out decides otherwise.
  const needs = (key: string) => ruleset.flags[key]?.prerequisites?.map((each) => each.flag) ?? [];
  const isWhole = (key: string): boolean => entered.has(key) && needs(key).every(isWhole);
  const view = new RulesetView(state, { project: 'shop', environment: 'production', audience: 'server' });
  return { snapshot: JSON.parse(view.snapshotJson()) as Snapshot, isWhole };
}

/** What is malformed cannot be entered, or is put right on the way: a flag without a seed is given one. */
const wellFormed = loadDecisions().filter(({ name }) => name !== 'malformed');

describe('A ruleset that was entered by commands decides as the vectors say', () => {
  let run = 0;
  let skipped = 0;

  it.each(wellFormed)('$name', async (vectors) => {
    const { snapshot, isWhole } = await enter(vectors);
    let now = 0;
    const ruleset = new Ruleset({ clock: () => now });
    expect(ruleset.replace(snapshot)).toMatchObject({ applied: true, diagnostics: [] });
    for (const { flag, default: fallback, context, now: instant = 0, expect: expected } of vectors.cases) {
      if (Object.hasOwn(vectors.ruleset.flags, flag) && !isWhole(flag)) {
        skipped++;
        continue;
      }
      now = instant;
      const { value, variation = null, reason, errorCode, ruleId } = evaluate(ruleset, flag, fallback, context);
      expect({ value, variation, reason, errorCode, ruleId }, `${flag} ${JSON.stringify(context)}`).toEqual({
        errorCode: undefined,
        ruleId: undefined,
        ...expected,
      });
      run++;
    }
  });

  it('for nearly all of them: only what is malformed, or a compiled pattern, cannot be entered', () => {
    expect(run).toBeGreaterThan(9 * skipped);
    expect(run).toBeGreaterThan(1_000);
  });
});

describe('Patterns', () => {
  it('travel as the programs of the vectors, and those that are refused are refused', async () => {
    const { act, refused, state } = await openShop();
    const where = { project: 'shop', flag: 'cart', environment: 'production' };
    await act(createFlag('shop', { key: 'cart' }));
    await act(toggleFlag(where, { on: true }));
    const ruleFor = (pattern: string, ignoreCase: boolean, id: string) => ({
      rule: {
        id,
        when: [{ attribute: 'a', operator: 'matches' as const, values: [pattern], ignoreCase }],
        serve: { variation: 'off' },
      },
    });
    const { patterns, refused: bad } = loadPatterns();
    for (const [index, { pattern, ignoreCase, program }] of patterns.slice(0, 90).entries()) {
      await act(addRule(where, ruleFor(pattern, ignoreCase, `r${index}`)));
      const view = new RulesetView(state, { project: 'shop', environment: 'production', audience: 'server' });
      const snapshot = JSON.parse(view.snapshotJson()) as Snapshot;
      expect(snapshot.flags.cart?.rules?.[index]?.when[0]?.values, pattern).toEqual([program]);
    }
    for (const pattern of bad) {
      expect((await refused(addRule(where, ruleFor(pattern, false, 'bad')))).code, pattern).toBe('TARGETING_INVALID');
    }
  });
});
