import { expect, it } from 'vitest';
import { expectInTime } from '../../patience.ts';
import { twoNodes } from './two-nodes.ts';

/** `DIMMER_FAULTS=long` prints the whole recording. */
const isLong = process.env.DIMMER_FAULTS === 'long';
const size = isLong ? { applications: 1_000, restarts: 20 } : { applications: 40, restarts: 2 };

it('F7 two servers, one killed in the middle of a ramp, the database crashed again and again: no change is missed, nothing acknowledged is lost', async () => {
  const say = isLong ? (line: string) => process.stdout.write(`${line}\n`) : () => {};
  const report = await twoNodes({ ...size, say });
  say(JSON.stringify(report));
  expect(report).toMatchObject({
    lost: [],
    chain: { ok: true },
    unknownIds: [],
    wentBack: 0,
    answers: 1,
    convergedAfterMs: expect.any(Number),
  });
  expectInTime('the slowest recovery', report.slowestRecoveryMs, 10_000);
});
