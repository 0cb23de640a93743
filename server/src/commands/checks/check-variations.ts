import { type FlagBody, LIMITS } from '@dimmer/contract';
import { stagesOf } from '@dimmer/core/flag-types';
import { jsonBytes } from '../../json-bytes.ts';
import { type Refused, refuse } from '../refusal.ts';

/** Refuses variations that do not fit the flag's type: `VARIATIONS_INVALID`, `LIMIT_EXCEEDED`. */
export function variationsProblem(flag: FlagBody): Refused | null {
  const { type, variations } = flag;
  if (variations.length === 0) {
    return refuse('VARIATIONS_INVALID', `A ${type} flag needs variations.`, {
      fix: 'Send e.g. "variations": [{"key": "blue", "value": "blue"}, {"key": "green", "value": "green"}].',
      path: 'variations',
    });
  }
  const keys = new Set<string>();
  for (const [index, { key, value }] of variations.entries()) {
    const path = `variations[${index}]`;
    if (keys.has(key))
      return refuse('VARIATIONS_INVALID', `Two variations have the key "${key}".`, { path: `${path}.key` });
    keys.add(key);
    if (!fits(type, value)) {
      const message = `Variation "${key}" has a value that is not of type ${type}.`;
      return refuse('VARIATIONS_INVALID', message, { fix: `Send a ${type} value.`, path: `${path}.value` });
    }
    const bytes = jsonBytes(value);
    if (bytes > LIMITS.variationBytes) {
      const message = `Variation "${key}" is ${bytes} bytes of JSON; the limit is ${LIMITS.variationBytes}.`;
      return refuse('LIMIT_EXCEEDED', message, { path: `${path}.value` });
    }
  }
  return shapeProblem(flag);
}

function fits(type: FlagBody['type'], value: unknown): boolean {
  if (type === 'json') return true;
  if (type === 'number') return typeof value === 'number' && Number.isFinite(value);
  return typeof value === (type === 'boolean' ? 'boolean' : 'string');
}

function shapeProblem({ type, variations }: FlagBody): Refused | null {
  if (type === 'boolean') {
    const values = variations.map((variation) => variation.value);
    if (values.length === 2 && values.includes(true) && values.includes(false)) return null;
    return refuse('VARIATIONS_INVALID', 'A boolean flag has exactly two variations, one true and one false.', {
      fix: 'Leave variations out to have "on" and "off", or use a string flag for more than two.',
      path: 'variations',
    });
  }
  const needed = stagesOf(type);
  if (needed.length > 0) {
    const stages = variations.map((variation) => variation.key);
    const whole = stages.length === needed.length && needed.every((stage) => stages.includes(stage));
    if (whole && variations.every((variation) => variation.value === variation.key)) return null;
    return refuse('VARIATIONS_INVALID', `The variations of a ${type} are always ${needed.join(', ')}.`, {
      fix: 'Leave variations out.',
      path: 'variations',
    });
  }
  return null;
}
