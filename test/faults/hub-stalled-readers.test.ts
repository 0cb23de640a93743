import { connect, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { OriginServer } from '../../bench/src/fan-out/origin-server.ts';
import { Swarm } from '../../bench/src/fan-out/swarm.ts';
import { percentile } from '../../bench/src/measure.ts';
import { expectInTime } from '../patience.ts';
import { waitUntil } from './waiting.ts';

const isLong = process.env.DIMMER_FAULTS === 'long';
const STALLED = isLong ? 200 : 40;
const HEALTHY = 20;
const CHANGES = isLong ? 50_000 : 300;
/** Each change carries the whole flag, so this is the size of an event. */
const FLAG_BYTES = isLong ? 2_000 : 60_000;
const MEBIBYTE = 1_048_576;
/** What a stream may have unsent, by the hub's rule: 256 KiB before it is skipped, and the event that went beyond. */
const UNSENT_BYTES = STALLED * (MEBIBYTE / 4 + FLAG_BYTES);
const STALLED_LINE = 'dimmer_streams_closed_total{audience="server",reason="stalled"}';

it('F16 readers that have stopped hold no memory, hold up nobody, and are cut', async ({ task }) => {
  const server = await OriginServer.start();
  const stalled: Socket[] = [];
  let healthy: Swarm | null = null;
  try {
    const value = { text: 'x'.repeat(FLAG_BYTES) };
    const variations = [
      { key: 'on', value },
      { key: 'off', value: {} },
    ];
    await server.command('flags', { key: 'large', type: 'json', variations });
    healthy = await Swarm.open(server.streamed, HEALTHY);
    const { hostname, port } = new URL(server.url);
    for (let count = 0; count < STALLED; count += 1) {
      const socket = connect(Number(port), hostname).pause();
      socket.on('error', () => {});
      socket.write(`GET /sdk/v1/stream HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${server.key}\r\n\r\n`);
      stalled.push(socket);
    }
    const streams = () => server.metric('dimmer_streams{audience="server"}');
    expect(await waitUntil(async () => (await streams()) === HEALTHY + STALLED, 20_000)).not.toBeNull();

    const before = await server.program.vitals();
    const lagMs: number[] = [];
    let id = '';
    for (let change = 0; change < CHANGES; change += 1) {
      const on = change % 2 === 0;
      const toggle = async () => {
        const answer = await server.command('flags/large/environments/production/toggle', { on });
        id = (JSON.parse(answer) as { id: string }).id;
      };
      lagMs.push(await healthy.time(toggle));
    }
    const grewBytes = (await server.program.vitals()).rssBytes - before.rssBytes;
    const lagP99Ms = percentile(lagMs, 0.99);
    Object.assign(task.meta, {
      fault: {
        tried: `${STALLED} stopped readers, ${CHANGES.toLocaleString('en')} changes of ${FLAG_BYTES / 1_000} KB`,
        notes: [
          `memory grew by ${Math.round(grewBytes / MEBIBYTE)} MiB`,
          `p99 to the others ${lagP99Ms.toFixed(1)} ms`,
        ],
      },
    });
    expect(grewBytes).toBeLessThanOrEqual(UNSENT_BYTES + (isLong ? 200 : 100) * MEBIBYTE);
    expectInTime('a change to the others', lagP99Ms, 250);
    if (!isLong) {
      const got = await readUntil(stalled[0] as Socket, id);
      expect(got).toBeLessThan((CHANGES / 2) * FLAG_BYTES);
      return;
    }
    // When not one byte has left for 15 to 30 s.
    expect(await waitUntil(async () => (await server.metric(STALLED_LINE)) === STALLED, 60_000)).not.toBeNull();
    expect(await streams()).toBe(HEALTHY);
  } finally {
    for (const socket of stalled) socket.destroy();
    await healthy?.close();
    await server.stop();
  }
});

/** Bytes that a reader gets when it goes on, until it has the newest: it is spared what it slept through. */
function readUntil(socket: Socket, id: string): Promise<number> {
  return new Promise((resolve, reject) => {
    let bytes = 0;
    let tail = '';
    socket.once('close', () => reject(new Error('It was cut')));
    socket.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      tail += chunk.toString('latin1');
      if (tail.includes(`id: ${id}\n`)) resolve(bytes);
      tail = tail.slice(-100);
    });
    socket.resume();
  });
}
