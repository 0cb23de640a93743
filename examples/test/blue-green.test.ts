import { describe, expect, it } from 'vitest';
import { figure, runExample } from './run-example.ts';

/** Of the front door. */
const VISITORS = 250;

describe('blue-green', () => {
  it('sends the share to green that the flag says, and all back in one act, while no request fails', async () => {
    const output = await runExample('blue-green', 'front-door', 'stack');
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
