import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ExampleServer } from './example-server.ts';
import { RunningExample } from './running-example.ts';

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
  const code = await example.ended();
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
    // Of 500 visitors, 10 % are 50 give or take 20 in all but three of a thousand seeds, and the seed is always the same.
    expect(Math.abs(share(10) - 10)).toBeLessThan(4);
    expect(Math.abs(share(50) - 50)).toBeLessThan(7);
    expect(share(100)).toBe(100);
    expect(figure(output, /^(\d+) went from green to blue on the way up$/m)).toBe(0);
    expect(output).toContain('\nkilled: 0.0 % met green\n');
    expect(figure(output, /^the last request that reached green began (\d+) ms after the kill/m)).toBeLessThan(1_000);
    expect(output).toContain('\ngreen is dead: 0 requests have failed\n');
    expect(output).toContain('\nblue stands in for a green that refuses\n');
    expect(figure(output, /^(\d+) requests, 0 failed$/m)).toBeGreaterThanOrEqual(4_000);
  });
});
