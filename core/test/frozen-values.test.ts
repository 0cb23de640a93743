import { evaluate, type JsonValue, Ruleset } from '@dimmer/core';
import { expect, test } from 'vitest';
import { booleanFlag, snapshot } from './rulesets.ts';

function rulesetOf(value: JsonValue): Ruleset {
  const ruleset = new Ruleset();
  const variations = [{ key: 'on', value }];
  ruleset.replace(
    snapshot({ settings: booleanFlag({ type: 'json', variations, off: 'on', fallthrough: { variation: 'on' } }) }),
  );
  return ruleset;
}

interface Settings {
  limit: number;
  list: number[];
  deep: { deeper: { deepest: number[] } };
}

test('a value cannot be changed by who reads it, however deep', () => {
  const ruleset = rulesetOf({ limit: 10, list: [1], deep: { deeper: { deepest: [1] } } });
  const read = () => evaluate<Partial<Settings>>(ruleset, 'settings', {}).value as Settings;
  const value = read();
  expect(() => (value.limit = 99)).toThrow(TypeError);
  expect(() => value.list.push(2)).toThrow(TypeError);
  expect(() => value.deep.deeper.deepest.pop()).toThrow(TypeError);
  expect(() => Object.assign(value, { more: true })).toThrow(TypeError);
  expect(read()).toEqual({ limit: 10, list: [1], deep: { deeper: { deepest: [1] } } });
});

test('a value that is nested deeper than a stack is high is served like any other', () => {
  const depth = 20_000;
  const value = JSON.parse(`${'[{"a":'.repeat(depth)}1${'}]'.repeat(depth)}`) as JsonValue;
  expect(evaluate<unknown>(rulesetOf(value), 'settings', []).reason).toBe('STATIC');
});
