import { createHash } from 'node:crypto';
import { type EvaluationContext, evaluate, isEnabled, Ruleset } from '@dimmer/core';
import { bucketOf } from '@dimmer/core/allocation';
import { explain } from '@dimmer/core/explain';
import { createHasher } from '@dimmer/core/murmur3';
import { describe, expect, test } from 'vitest';
import { asHost, loadBuckets, loadDecisions, readVectors } from '../../test/vectors/vectors.ts';

const FROZEN_SHA_256 = '8c2de6ca5a0662f12ee17e577d1a5a12b7799f168c7be71d9e3d1a1d36454c68';

describe('murmur3_x86_32', () => {
  test.each([
    ['ejOoVL', 0],
    ['bY9fO-', 1],
    ['SI7p-', 0x7fffffff],
    ['6LvT0', 0x80000000],
    ['ceQdGm', 0xffffffff],
    ['My 🚀 is full of 🦎.', 1818098979],
    ['吉 星 高 照', 3435142074],
  ])('hashes %j to %d, wherever the prefix ends', (text, hash) => {
    const points = [...text];
    for (let cut = 0; cut <= points.length; cut++) {
      const prefix = points.slice(0, cut).join('');
      expect(createHasher(prefix)(text.slice(prefix.length)) >>> 0).toBe(hash);
    }
  });
});

describe('the frozen buckets', () => {
  test('are the ones that were frozen: changing them would move people', () => {
    expect(createHash('sha256').update(readVectors('buckets.json')).digest('hex')).toBe(FROZEN_SHA_256);
  });

  test('are where keys still fall', () => {
    const rows = loadBuckets();
    expect(rows.length).toBeGreaterThanOrEqual(10_000);
    expect(rows.filter(([seed, key, bucket]) => bucketOf(seed, key) !== bucket)).toEqual([]);
  });
});

describe.each(loadDecisions())('decisions: $name', ({ ruleset: snapshot, cases }) => {
  let now: number | undefined;
  const ruleset = new Ruleset({ clock: () => now ?? 0 });
  ruleset.replace(snapshot);

  test('come out as the vectors say', () => {
    const asPassed = cases.flatMap(({ host, ...each }) =>
      host === undefined ? [] : [{ ...each, context: asHost(host) as EvaluationContext }],
    );
    const differences = [...cases, ...asPassed].flatMap((each) => {
      now = each.now;
      const { value, variation, reason, ruleId, errorCode } = evaluate(ruleset, each.flag, each.default, each.context);
      const got = {
        value,
        variation: variation ?? null,
        reason,
        ...(ruleId && { ruleId }),
        ...(errorCode && { errorCode }),
      };
      return isSame(got, each.expect) ? [] : [{ ...each, got }];
    });
    expect(differences).toEqual([]);
  });

  test('are explained by the steps that led there', () => {
    for (const { flag, context, now: instant, expect: expected } of cases) {
      now = instant;
      const { evaluation, decidedBy, rules } = explain(ruleset, flag, context);
      if (expected.errorCode === 'TYPE_MISMATCH') continue;
      expect(evaluation.ruleId).toBe(expected.ruleId);
      expect(decidedBy === 'rule').toBe(expected.ruleId !== undefined);
      if (expected.ruleId) expect(rules.at(-1)).toMatchObject({ id: expected.ruleId, matches: true });
    }
  });

  test('are enabled just when a boolean flag serves true, or a launch is live', () => {
    for (const { flag, context, now: instant } of cases) {
      now = instant;
      const type = ruleset.get(flag)?.type;
      const served = evaluate(ruleset, flag, type === 'launch' ? 'off' : false, context);
      const expected =
        served.variation !== undefined && (type === 'boolean' ? served.value === true : served.value === 'live');
      expect(isEnabled(ruleset, flag, context)).toBe(expected && (type === 'boolean' || type === 'launch'));
    }
  });
});

function isSame(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
