/** Small rulesets for tests. */
import type { Patch, RulesetFlag, RulesetSegment, Snapshot } from '@dimmer/core';

const VARIATIONS = [
  { key: 'off', value: false },
  { key: 'on', value: true },
];

/** A boolean flag that is on and serves `off`, unless told otherwise. */
export function booleanFlag(parts: Partial<RulesetFlag> = {}): RulesetFlag {
  return {
    type: 'boolean',
    variations: VARIATIONS,
    on: true,
    off: 'off',
    seed: 'seed',
    fallthrough: { variation: 'off' },
    ...parts,
  };
}

/** A boolean flag that serves `on` to so many parts of 100,000. */
export function rollout(parts: number, seed = 'seed'): RulesetFlag {
  const slices = [
    { variation: 'on', parts },
    { variation: 'off', parts: 100_000 - parts },
  ];
  return booleanFlag({ seed, fallthrough: { slices } });
}

export function snapshot(
  flags: { readonly [key: string]: RulesetFlag },
  segments: { readonly [key: string]: RulesetSegment } = {},
  id = '1.0123456789ab',
): Snapshot {
  return { schema: 1, hash: 1, id, at: 1_760_000_000_000, flags, segments };
}

export function patch(flags: Patch['flags'], segments: Patch['segments'] = {}, id = '2.0123456789ab'): Patch {
  return { schema: 1, hash: 1, from: '1.0123456789ab', id, at: 1_760_000_001_000, flags, segments };
}
