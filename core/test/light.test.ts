import { lightOf, litVariations } from '@dimmer/core/light';
import { describe, expect, test } from 'vitest';

const staged = (...keys: string[]) => keys.map((key) => ({ key, value: key }));
const launch = { type: 'launch', variations: staged('off', 'dark', 'live') } as const;
const migration = {
  type: 'migration',
  variations: staged('off', 'dual-write', 'shadow', 'live', 'ramp-down', 'complete'),
} as const;

describe('how lit a flag is', () => {
  test('of a boolean flag it is the share that gets true, whatever that is called', () => {
    const flag = {
      type: 'boolean',
      variations: [
        { key: 'control', value: false },
        { key: 'treatment', value: true },
      ],
    } as const;
    const shares = [
      { variation: 'treatment', percent: 10 },
      { variation: 'control', percent: 90 },
    ];
    expect(lightOf(flag, true, shares)).toEqual({ lit: 10, dark: 0 });
    expect(lightOf(flag, false, shares)).toEqual({ lit: 0, dark: 0 });
  });

  test('of a launch it is who is live: who is in the dark sees nothing of it', () => {
    const shares = [
      { variation: 'live', percent: 1 },
      { variation: 'dark', percent: 90 },
      { variation: 'off', percent: 9 },
    ];
    expect(lightOf(launch, true, shares)).toEqual({ lit: 1, dark: 90 });
  });

  test('of a migration it is how far the walk has come', () => {
    expect(lightOf(migration, true, [{ variation: 'complete', percent: 100 }]).lit).toBe(100);
    expect(
      lightOf(migration, true, [
        { variation: 'shadow', percent: 40 },
        { variation: 'dual-write', percent: 60 },
      ]).lit,
    ).toBeCloseTo(28);
    expect(staged('shadow', 'live', 'complete').map(({ key }) => litVariations(migration)(key))).toEqual([
      false,
      true,
      true,
    ]);
  });

  test('other flags are lit as long as they are on', () => {
    const theme = { type: 'string', variations: staged('blue', 'green') } as const;
    expect(lightOf(theme, true, [{ variation: 'blue', percent: 100 }])).toEqual({ lit: 100, dark: 0 });
  });
});
