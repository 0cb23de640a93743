import { describe, expect, it } from 'vitest';
import { expectInTime } from '../../test/patience.ts';
import { figure, runExample } from './run-example.ts';

describe('dark-launch', () => {
  it('finds both faults of the new code in the dark, sees them mended, and goes live', async () => {
    const output = await runExample('dark-launch', 'service');
    const [, first = '', second = '', live = ''] = output.split(/^--- .* ---$/m);

    expect(first).toContain('Not yet: ');
    const different = figure(first, /candidate differs from control +([\d,]+) +of/);
    // Every fifth customer pays in yen.
    expect(different / figure(first, /candidate differs from control .* of ([\d,]+)/)).toBeCloseTo(0.2, 1);
    const [, kept, found] = /\/lines\/\*\/amount +value, .*\n +control +(\S+)\n +candidate +(\S+)\n/.exec(first) ?? [];
    expect(kept).toMatch(/^\d+$/);
    expect(found).toMatch(/^\d+\.\d+$/);
    // 40 articles, asked for one after the other, 3 ms each.
    expect(p99(first, 'dark: candidate (shadow)')).toBeGreaterThan(120);
    expect(first).toContain('the candidate is slower');

    expect(figure(second, /candidate differs from control +0 +of ([\d,]+)/)).toBeGreaterThan(300);
    expect(second).not.toContain('Where they differ');
    expectInTime('the candidate at its 99th percentile', p99(second, 'dark: candidate (shadow)'), 120);

    expect(live).toMatch(/served +live 100 %/);
    expect(figure(live, /live: candidate +([\d,]+)/)).toBeGreaterThan(300);
    expect(live).not.toContain('Where they differ');
    expect(output).toMatch(/^\d+ requests, 0 failed, 0 prices that nobody can pay$/m);
  });

  function p99(report: string, path: string): number {
    const line = report.split('\n').find((each) => each.includes(path));
    const [, number, unit] = /([\d.,]+) (ms|s)$/.exec(line ?? '') ?? [];
    return Number(number?.replaceAll(',', '')) * (unit === 's' ? 1_000 : 1);
  }
});
