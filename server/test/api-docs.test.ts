import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LIMITS } from '../src/documents/limits.ts';
import { ADMIN_TOKEN, openApi } from './api-fixture.ts';

const text = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');

/** The reader is to choose a change; this is one about a flag. */
const CHANGE = '10';

/** Every `curl` of the page, in its order, as words. */
const examples = [...text.matchAll(/```sh\n([\s\S]*?)```/g)]
  .flatMap((block) => (block[1] ?? '').replaceAll('\\\n', ' ').split('\n'))
  .filter((line) => line.startsWith('curl '))
  .map(wordsOf);

/** Splits a line as a shell would: quotes of both kinds, variables of the page, nothing else. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) =>
      single ??
      (double ?? bare ?? '')
        .replaceAll('$DIMMER', '/api/v1')
        .replaceAll('$TOKEN', ADMIN_TOKEN)
        .replaceAll('$CHANGE', CHANGE),
  );
}

let api: Awaited<ReturnType<typeof openApi>>;
beforeAll(async () => {
  api = await openApi({ empty: true });
});
afterAll(() => api.close());

describe('docs/api.md', () => {
  it('has examples that work when they are run in their order', async () => {
    expect(examples.length).toBeGreaterThan(25);
    for (const [, ...words] of examples) {
      let [method, path, body] = ['GET', '', undefined as string | undefined];
      while (words.length > 0) {
        const word = words.shift() ?? '';
        if (word === '-X') method = words.shift() ?? '';
        else if (word === '-d') body = words.shift();
        else if (word === '-H')
          expect(words.shift()).toMatch(/^(Authorization: Bearer |Content-Type: application\/json$)/);
        else path = word;
      }
      const answer = await api.call(method, path, body);
      expect(answer.status, `${method} ${path}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
    }
    expect((await api.call('GET', '/api/v1/changes/verify')).body.ok).toBe(true);
  });

  it('leaves things as it says', () => {
    expect(api.state.targeting('shop', 'theme', 'staging')?.body.rules).toEqual([]);
    expect(api.state.targeting('shop', 'price-engine', 'staging')?.body.on).toBe(false);
    expect(api.state.targeting('shop', 'new-checkout', 'production')?.body).toMatchObject({ on: true });
  });

  it('names the limits that hold', () => {
    const stated = [
      [LIMITS.variations, 'variations of a flag \\| 50,'],
      [LIMITS.rules, 'rules of a targeting \\| 100,'],
      [LIMITS.conditionsPerRule, 'each with 30 conditions'],
      [LIMITS.valuesPerCondition, 'each with 1,000 values'],
      [LIMITS.slices, 'slices of an allocation \\| 100'],
      [LIMITS.targetKeys, 'individual targets \\| 1,000'],
      [LIMITS.prerequisites, 'prerequisites \\| 20'],
      [LIMITS.prerequisiteDepth, 'chains of 10'],
      [LIMITS.segmentKeys, '10,000 keys included'],
      [LIMITS.flagsPerProject, '5,000 flags'],
      [LIMITS.segments, '300 segments'],
      [LIMITS.environmentsPerProject, '50 environments'],
      [LIMITS.liveKeysPerScope, '100 live'],
      [LIMITS.reasonCharacters, '2,000 characters'],
    ] as const;
    for (const [limit, sentence] of stated) {
      expect(text).toMatch(new RegExp(sentence));
      expect(sentence.replaceAll(',', '')).toContain(String(limit));
    }
  });
});
