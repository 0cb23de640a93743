import { describe, expect, it } from 'vitest';
import { figure, runExample } from './run-example.ts';

describe('expand-contract', () => {
  it('moves addresses to a table of their own under load: nothing fails, nothing is lost, nothing differs', async () => {
    const output = await runExample('expand-contract', 'version-1', 'version-2');
    expect(figure(output, /^(\d+) requests, 0 failed, 0 read what was not written$/m)).toBeGreaterThan(2_000);
    const rows = figure(output, /^(\d+) rows of/m);
    expect(rows).toBeGreaterThan(600);
    expect(output).toContain(`\n${rows} rows of ${rows} acknowledged, 0 lost, 0 different, `);
    expect(figure(output, / (\d+) second addresses$/m)).toBeGreaterThan(0);
    // What the database itself says, in shadow, live and ramp-down.
    expect(output.match(/^both sides: 0 different, 0 behind$/gm)).toHaveLength(3);
    expect(figure(output, /^report: (\d+) shadow reads compared, 0 different$/m)).toBeGreaterThanOrEqual(300);
    expect(figure(output, /^backfill: (\d+) copied/m)).toBeGreaterThan(100);
    expect(output).toContain('\ncolumns of users: id, name, address_ticket\n');
    expect(output).not.toContain('Diverged');
    const stages = [...output.matchAll(/^(\S.*?) {2,}[\d.]+ +\d+ +0$/gm)].map(([, stage]) => stage);
    expect(stages).toHaveLength(10);
  });
});
