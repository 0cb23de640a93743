/** A ruleset as large companies have them. */
import type { Snapshot } from '@dimmer/client';

/** @param flags how many, each with three rules: some 800 bytes */
export function largeRules(flags: number): Snapshot {
  const entries = Array.from({ length: flags }, (_, flag) => [`flag-${flag}`, flagOf(flag, 3)]);
  return { schema: 1, hash: 1, id: '1.a', at: 0, flags: Object.fromEntries(entries), segments: {} };
}

/** A flag that goes through so many rules before it serves by allocation. */
export function flagOf(number: number, rules: number): Snapshot['flags'][string] {
  return {
    type: 'string',
    variations: ['red', 'green', 'blue'].map((key) => ({ key, value: `the colour ${key} of flag ${number}` })),
    on: true,
    off: 'red',
    seed: `seed-${number}`,
    fallthrough: {
      slices: [
        { variation: 'red', parts: 50_000 },
        { variation: 'green', parts: 50_000 },
      ],
    },
    rules: Array.from({ length: rules }, (_, rule) => ({
      id: `rule-${rule}`,
      when: [
        { attribute: 'plan', operator: 'in', values: [`plan-${rule}`, 'trial', 'partner', 'internal'] },
        { attribute: 'age', operator: 'gte', values: [rule] },
      ],
      serve: { variation: 'blue' },
    })),
  } as Snapshot['flags'][string];
}
