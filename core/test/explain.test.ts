import { type EvaluationContext, Ruleset } from '@dimmer/core';
import { explain } from '@dimmer/core/explain';
import { describe, expect, test } from 'vitest';
import { booleanFlag, snapshot } from './rulesets.ts';

const TOO_LONG = 'x'.repeat(70_000);

function explainPros(context: EvaluationContext) {
  const ruleset = new Ruleset();
  const when = [
    { attribute: 'plan', operator: 'in' as const, values: ['pro'] },
    { attribute: 'note', operator: 'contains' as const, values: ['y'] },
  ];
  ruleset.replace(
    snapshot({
      pros: booleanFlag({ rules: [{ id: 'pros', when, serve: { variation: 'on' } }] }),
      plain: booleanFlag(),
    }),
  );
  return { rules: explain(ruleset, 'pros', context), plain: explain(ruleset, 'plain', context) };
}

describe('an explanation never throws', () => {
  test('for a value that is too long to read, where deciding stops before it', () => {
    const { rules } = explainPros({ plan: 'free', note: TOO_LONG });
    expect(rules.decidedBy).toBe('fallthrough');
    expect(rules.evaluation.errorCode).toBeUndefined();
    expect(rules.rules[0]?.conditions.map(({ matches }) => matches)).toEqual([false, false]);
  });

  test('for one where deciding comes to it', () => {
    const { rules } = explainPros({ plan: 'pro', note: TOO_LONG });
    expect(rules).toMatchObject({ decidedBy: 'nothing', evaluation: { errorCode: 'INVALID_CONTEXT' } });
  });

  test('for a key that is too long, where nobody asks for it', () => {
    expect(explainPros({ targetingKey: TOO_LONG }).plain).toMatchObject({
      decidedBy: 'fallthrough',
      evaluation: { variation: 'off' },
    });
  });

  test('for no context, and for one that throws', () => {
    const angry = {
      get note(): never {
        throw new Error('no');
      },
    };
    for (const context of [null, 'text', undefined, angry] as EvaluationContext[]) {
      expect(explainPros(context).rules.decidedBy).toBe('fallthrough');
    }
  });
});
