import { readFileSync } from 'node:fs';
import { LIMITS } from '@dimmer/contract';
import { describe, expect, it } from 'vitest';

const text = readFileSync(new URL('../../docs/api.md', import.meta.url), 'utf8');

describe('docs/api.md', () => {
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
