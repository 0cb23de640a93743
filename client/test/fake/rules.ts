/** Rules to test with. */
import type { RulesetFlag, Snapshot } from '@dimmer/core';

/** A boolean flag that serves the same to everybody. */
export function switchFlag(on: boolean): RulesetFlag {
  return {
    type: 'boolean',
    variations: [
      { key: 'on', value: true },
      { key: 'off', value: false },
    ],
    on,
    off: 'off',
    seed: 'seed',
    fallthrough: { variation: 'on' },
  };
}

/** A string flag that serves `value` to everybody. */
export function textFlag(value: string): RulesetFlag {
  return {
    type: 'string',
    variations: [{ key: 'text', value }],
    on: true,
    off: 'text',
    seed: 'seed',
    fallthrough: { variation: 'text' },
  };
}

export function snapshotOf(flags: Snapshot['flags'], id = '1.000000000001'): Snapshot {
  return { schema: 1, hash: 1, id, at: Date.now(), flags, segments: {} };
}
