import { describe, expect, it } from 'vitest';
import { killRounds } from './kill-rounds.ts';

describe('kill -9 in the middle of acknowledged writes', () => {
  it('loses nothing that was acknowledged, and applications go on deciding and converge', {
    timeout: 120_000,
  }, async () => {
    const report = await killRounds({ rounds: 5, applications: 2 });
    expect(report).toMatchObject({
      lost: [],
      wrongValues: [],
      brokenChains: [],
      integrity: 'ok',
      failedDecisions: 0,
      unknownIds: [],
      convergedAfterMs: expect.any(Number),
    });
    expect(report.acknowledged).toBeGreaterThan(20);
    expect(report.decisions).toBeGreaterThan(100);
    expect(report.slowestStartMs).toBeLessThan(10_000);
  });
});
