import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectInTime, tooSlowFor } from '../../test/patience.ts';
import { ExampleServer } from './example-server.ts';
import { RunningExample } from './running-example.ts';

/** Less than a test may take, which would not say how far it had come. They wait for conditions, however long that is. */
const TOO_LONG_MS = 240_000;
/** Of the front door. */
const VISITORS = 250;

let server: ExampleServer;
let example: RunningExample | undefined;

beforeAll(async () => {
  server = await ExampleServer.start();
});

afterEach(() => example?.stop());
afterAll(() => server?.close());

/** Lets an example run to its end. @returns all that it has printed. */
async function run(script: string): Promise<string> {
  example = new RunningExample(script, server.variables());
  let isTooLong = false;
  const tooLong = setTimeout(() => {
    isTooLong = true;
    void example?.stop();
  }, TOO_LONG_MS);
  const code = await example.ended();
  clearTimeout(tooLong);
  if (isTooLong)
    throw new Error(tooSlowFor(`${script} had ended, which has printed so far:\n${example.output}`, TOO_LONG_MS));
  if (code !== 0) throw new Error(`${script} ended with ${code}:\n${example.output}`);
  return example.output;
}

/** The number in front of, or behind, some words of the output. */
function figure(output: string, pattern: RegExp): number {
  const match = pattern.exec(output);
  if (!match) throw new Error(`${pattern} is not in:\n${output}`);
  return Number(match[1]?.replaceAll(',', ''));
}

describe('blue-green', () => {
  it('sends the share to green that the flag says, and all back in one act, while no request fails', async () => {
    const output = await run('blue-green/main.ts');
    expect(output).toContain('a new visitor is given visitor=…\n');
    const share = (percent: number) => figure(output, new RegExp(`^ *${percent} %: ([\\d.]+) % met green$`, 'm'));
    expect(share(0)).toBe(0);
    // The seed is always the same, and so are those whom it chooses.
    expect(Math.abs(share(10) - 10)).toBeLessThan(4);
    expect(Math.abs(share(50) - 50)).toBeLessThan(7);
    expect(share(100)).toBe(100);
    expect(figure(output, /^(\d+) went from green to blue on the way up$/m)).toBe(0);
    expect(output).toContain('\nkilled: 0.0 % met green\n');
    expect(output).toMatch(/^the last request that reached green began \d+ ms after the kill/m);
    expect(output).toContain('\ngreen is dead: 0 requests have failed\n');
    expect(output).toContain('\nblue stands in for a green that refuses\n');
    // Everybody came again at each of eight steps.
    expect(figure(output, /^(\d+) requests, 0 failed$/m)).toBeGreaterThanOrEqual(8 * VISITORS);
  });
});

describe('expand-contract', () => {
  it('moves addresses to a table of their own under load: nothing fails, nothing is lost, nothing differs', async () => {
    const output = await run('expand-contract/main.ts');
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

describe('dark-launch', () => {
  it('finds both faults of the new code in the dark, sees them mended, and goes live', async () => {
    const output = await run('dark-launch/main.ts');
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
