/** What an application passes in, and what the client says of it. */
import { createClient } from '@dimmer/node';
import { expect, test } from 'vitest';

const variations = [
  { key: 'off', value: false },
  { key: 'on', value: true },
];
const flag = { type: 'boolean', variations, on: true, off: 'off', seed: 's', fallthrough: { variation: 'off' } };
const rule = (when: object[], serve: object = { variation: 'on' }) => ({ ...flag, rules: [{ id: 'r', when, serve }] });
const settings = {
  ...flag,
  type: 'json',
  off: 'a',
  fallthrough: { variation: 'a' },
  variations: [{ key: 'a', value: { limit: 10, list: [1] } }],
};
const joined = (operator: string, ...values: unknown[]) => ({ attribute: 'joined', operator, values });

function clientOf(flags: object) {
  const said: string[] = [];
  const bootstrap = { schema: 1, hash: 1, id: '1.000000000000', at: 0, flags, segments: {} };
  const logger = { warn: (line: string) => said.push(line), error: (line: string) => said.push(line) };
  const client = createClient({ url: '', key: '', bootstrap: bootstrap as never, cache: false, logger });
  said.length = 0;
  return { client, bootstrap, said };
}

test('a bootstrap stays the caller’s own: neither side changes what the other has', () => {
  const { client, bootstrap } = clientOf({ settings: structuredClone(settings) });
  const mine = bootstrap.flags as { settings: typeof settings };
  mine.settings.variations[0]!.value.limit = 99;
  expect(client.value('settings', { limit: 0 })).toEqual({ limit: 10, list: [1] });
  mine.settings.variations[0]!.value.list.push(2);
  expect(client.value('settings', {})).toEqual({ limit: 10, list: [1] });
});

test('a value cannot be changed by who reads it', () => {
  const { client } = clientOf({ settings: structuredClone(settings) });
  const value = client.value('settings', { limit: 0, list: [0] });
  expect(() => value.list.push(2)).toThrow(TypeError);
  expect(() => (value.limit = 1)).toThrow(TypeError);
  expect(client.value('settings', {})).toEqual({ limit: 10, list: [1] });
});

test('a default of null or undefined takes a value of any type', () => {
  const { client } = clientOf({ settings: structuredClone(settings), plain: flag });
  expect(client.value('plain', null)).toBe(false);
  expect(client.value('plain', undefined)).toBe(false);
  expect(client.evaluate('settings', undefined)).toMatchObject({ value: { limit: 10 }, errorCode: undefined });
  expect(client.value('nothing', null)).toBeNull();
});

test('a Date, and what has a toJSON, is an instant', () => {
  const { client } = clientOf({ early: rule([joined('before', '2026-06-01T00:00:00Z')]) });
  const passed = [new Date('2026-01-01T00:00:00Z'), { toJSON: () => '2026-01-01T00:00Z' }, '2026-01-01 00:00+0000'];
  for (const each of passed) expect(client.isEnabled('early', { joined: each })).toBe(true);
});

test.each([
  ['ATTRIBUTE_UNREADABLE', rule([joined('before', 0)]), { joined: 'yesterday' }],
  ['ATTRIBUTE_UNREADABLE', rule([{ ...joined('in', '9007199254740993'), not: true }]), { joined: 2 ** 53 }],
  ['SPLIT_KEY_MISSING', rule([], { slices: [{ variation: 'on', parts: 100_000 }], by: 'user.id' }), { user: {} }],
  [
    'STEPS_EXCEEDED',
    rule([{ ...joined('matches', [...Array.from({ length: 998 }, () => [97, 97]), [98, 98]]), not: true }]),
    { joined: 'a'.repeat(5_000) },
  ],
])('%s is said once, and the rule does not match', (code, given, context) => {
  const { client, said } = clientOf({ f: given });
  for (let i = 0; i < 5; i++) expect(client.isEnabled('f', { targetingKey: 'ann', ...context })).toBe(false);
  expect(said).toEqual([expect.stringContaining(code)]);
  expect(said[0]).not.toContain('yesterday');
});
