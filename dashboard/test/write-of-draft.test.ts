import { reweigh } from '@dimmer/core/reweigh';
import { describe, expect, it } from 'vitest';
import type { Targeting } from '../src/api/targeting.ts';
import { bodyOf, type TargetingBody } from '../src/api/targeting-body.ts';
import { writeOfDraft } from '../src/pages/flag/write-of-draft.ts';

const base: Targeting = {
  project: 'shop',
  flag: 'x',
  environment: 'production',
  version: 7,
  revision: 70,
  on: true,
  off: 'off',
  prerequisites: [],
  targets: [],
  fallthrough: { variation: 'off' },
  rules: [{ id: 'a', when: [], serve: { slices: [{ variation: 'on', parts: 1_000 }] } }],
};
const toggle = {
  type: 'boolean',
  variations: [
    { key: 'on', value: true },
    { key: 'off', value: false },
  ],
} as const;
const stages = (...keys: string[]) => keys.map((key) => ({ key, value: key }));
const write = (flag: Parameters<typeof writeOfDraft>[0], change: Partial<TargetingBody>, from = base) =>
  writeOfDraft(flag, from, { ...bodyOf(from), ...change });
const to = (...weights: [string, number][]) => reweigh(base.fallthrough, new Map(weights), 'off');

describe('what has been edited becomes the narrowest act', () => {
  it('none, if all is as it was', () => expect(write(toggle, {})).toBeNull());

  it('a toggle', () => {
    expect(write(toggle, { on: false })).toMatchObject({
      url: expect.stringMatching(/\/toggle$/),
      body: { on: false },
      version: 7,
    });
  });

  it('a rollout to nobody, where a bare toggle of a new flag would mean everybody', () => {
    const fresh: Targeting = { ...base, on: false, rules: [], fresh: true };
    expect(write(toggle, { on: true }, fresh)).toMatchObject({
      url: expect.stringMatching(/\/rollout$/),
      body: { percent: 0, on: true },
    });
    const staff = { ...fresh, rules: base.rules };
    expect(write(toggle, { on: true }, staff)?.body).toEqual({ percent: 0, on: true });
  });

  it('a rollout in percent, of a boolean flag', () => {
    const fallthrough = to(['on', 12_345], ['off', 87_655]);
    expect(write(toggle, { fallthrough })).toMatchObject({
      url: expect.stringMatching(/\/rollout$/),
      body: { percent: 12.345, on: true },
    });
  });

  it('a rollout with dark and live, of a launch', () => {
    const launch = { type: 'launch', variations: stages('off', 'dark', 'live') } as const;
    const fallthrough = to(['live', 1_000], ['dark', 49_000], ['off', 50_000]);
    expect(write(launch, { fallthrough })?.body).toEqual({ dark: 49, live: 1, on: true });
  });

  it('a stage, of a migration', () => {
    const migration = { type: 'migration', variations: stages('off', 'dual-write', 'shadow') } as const;
    expect(write(migration, { fallthrough: { variation: 'dual-write' } })?.body).toEqual({
      stage: 'dual-write',
      percent: 100,
      on: true,
    });
  });

  it('shares, of anything else', () => {
    const theme = { type: 'string', variations: stages('off', 'a', 'b') } as const;
    const fallthrough = to(['a', 33_333], ['b', 33_334], ['off', 33_333]);
    expect(write(theme, { fallthrough })?.body).toMatchObject({ shares: expect.any(Array), on: true });
  });

  it('a rollout of one rule', () => {
    const rules = [{ ...base.rules[0], serve: { slices: [{ variation: 'on', parts: 50_000 }] } }] as Targeting['rules'];
    expect(write(toggle, { rules })?.body).toEqual({ rule: 'a', shares: [{ variation: 'on', percent: 50 }] });
  });

  it('the whole targeting otherwise, without what is not the editor’s', () => {
    const found = write(
      toggle,
      { targets: [{ variation: 'on', keys: ['ann'] }] },
      { ...base, killed: { by: 'Ann', at: 1, reason: 'x' } },
    );
    expect(found).toMatchObject({ method: 'PUT', url: expect.stringMatching(/\/production$/), version: 7 });
    expect(Object.keys(found?.body ?? {}).sort()).toEqual([
      'fallthrough',
      'off',
      'on',
      'prerequisites',
      'rules',
      'targets',
    ]);
  });

  it('the whole targeting where a rollout would come to other people', () => {
    const fallthrough = {
      slices: [
        { variation: 'off', parts: 90_000 },
        { variation: 'on', parts: 10_000 },
      ],
    };
    expect(write(toggle, { fallthrough })?.method).toBe('PUT');
  });
});
