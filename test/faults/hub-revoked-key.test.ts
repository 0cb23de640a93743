import { expect, it } from 'vitest';
import { TestServer } from '../../server/test/running-server.ts';
import { waitUntil } from './waiting.ts';

const isLong = process.env.DIMMER_FAULTS === 'long';
const STREAMS = isLong ? 1_000 : 300;
/** The long run holds it. */
const WITHIN_MS = 5_000;

it('F33 a key that is revoked loses all its streams, and is refused from then on; other keys lose nothing', async ({
  task,
}) => {
  const server = await TestServer.start();
  try {
    const path = 'environments/production/keys';
    const { document, token } = await server.admin('POST', path, { kind: 'server', name: 'leaked' });
    const authorization = { authorization: `Bearer ${token}` };
    const streams = await Promise.all(Array.from({ length: STREAMS }, () => server.stream('', authorization)));
    const other = await server.stream();
    expect(await waitUntil(() => streams.every(({ last }) => last?.event === 'ping'), 20_000)).not.toBeNull();

    await server.admin('POST', `../../keys/${document.selector}/revoke`, { reason: 'leaked' });
    const tookMs = await waitUntil(() => streams.every(({ ended }) => ended), WITHIN_MS);
    const again = await Promise.all(Array.from({ length: STREAMS }, () => server.stream('', authorization)));
    Object.assign(task.meta, { fault: { tried: `${STREAMS} streams of one key`, recoveredInMs: tookMs } });
    expect(tookMs).not.toBeNull();
    expect(streams.every((stream) => stream.last?.event === 'goodbye')).toBe(true);
    expect(new Set(again.map(({ response }) => response.statusCode))).toEqual(new Set([401]));
    expect(other.ended).toBe(false);
  } finally {
    await server.stop();
  }
});
