import { expect, it } from 'vitest';
import { OriginServer } from '../../bench/src/fan-out/origin-server.ts';
import { Swarm } from '../../bench/src/fan-out/swarm.ts';
import { expectInTime } from '../patience.ts';
import { pause } from './waiting.ts';

const isLong = process.env.DIMMER_FAULTS === 'long';
const CLIENTS = isLong ? 10_000 : 120;
const SNAPSHOT_BYTES = 100_000;
const MEGABYTE = 1_000_000;
/** Each write goes to all who are back already: as often as a machine of two cores can bear beside a storm. */
const WRITE_EVERY_MS = isLong ? 500 : 200;

interface Weather {
  readonly env: Readonly<Record<string, string>>;
  readonly firstWithinMs: 'sdk' | number;
}

/** Cuts every stream, lets all come back without anything to resume from, and writes all the while. */
async function storm({ env, firstWithinMs }: Weather) {
  const server = await OriginServer.start({ snapshotBytes: SNAPSHOT_BYTES, env });
  const swarm = await Swarm.open(server.streamed, CLIENTS);
  try {
    await swarm.cut();
    let isOver = false;
    let written = 0;
    const { result, vitals } = await server.program.during(async () => {
      const write = async () => {
        // Throws if one is refused.
        for (; !isOver; written += 1) {
          await server.toggle();
          await pause(WRITE_EVERY_MS);
        }
      };
      const all = swarm.storm({ clients: CLIENTS, headers: {}, firstWithinMs }).finally(() => {
        isOver = true;
      });
      const [report] = await Promise.all([all, write()]);
      return report;
    });
    return { ...result, ...vitals, written };
  } finally {
    await swarm.close();
    await server.stop();
  }
}

const inNumbers = ({ refused, written, loopP99Ms, loopMaxMs, rssBytes }: Awaited<ReturnType<typeof storm>>) => ({
  tried: `${CLIENTS.toLocaleString('en')} streams cut at once, ${written.toLocaleString('en')} writes meanwhile`,
  notes: [
    `${refused.toLocaleString('en')} refused`,
    `event loop late by ${Math.round(loopP99Ms)} ms (p99), ${Math.round(loopMaxMs)} ms (max)`,
    `${Math.round(rssBytes / MEGABYTE)} MB`,
  ],
});

it('F17 all streams are cut at once and come back as SDKs do: all are current again, and every write is taken', async ({
  task,
}) => {
  const seen = await storm({ env: { DIMMER_STREAMS_PER_SECOND: '1000000' }, firstWithinMs: 'sdk' });
  Object.assign(task.meta, { fault: { ...inNumbers(seen), recoveredInMs: Math.round(seen.allCurrentMs) } });
  expect(seen).toMatchObject({ snapshots: CLIENTS, failed: 0, refused: 0 });
  if (isLong) {
    expectInTime('all to be current', seen.allCurrentMs, 15_000);
    expect(seen.written).toBeGreaterThan(5);
    expectInTime('a turn of the event loop (p99)', seen.loopP99Ms, 50);
    expectInTime('a turn of the event loop (max)', seen.loopMaxMs, 750);
    expect(seen.rssBytes).toBeLessThanOrEqual(300 * MEGABYTE);
  }
});

it('F18 all streams are cut and come back at once, several times faster than they are let in: all are current again', async ({
  task,
}) => {
  const env: Record<string, string> = isLong ? {} : { DIMMER_STREAMS_PER_SECOND: String(CLIENTS / 3) };
  const seen = await storm({ env, firstWithinMs: 1_000 });
  Object.assign(task.meta, { fault: { ...inNumbers(seen), recoveredInMs: Math.round(seen.allCurrentMs) } });
  expect(seen).toMatchObject({ snapshots: CLIENTS, failed: 0 });
  if (isLong) {
    expectInTime('all to be current', seen.allCurrentMs, 30_000);
    // On a machine that cannot send them faster than they are let in, nobody is.
    expect(seen.refused).toBeGreaterThan(0);
    expect(seen.refused / CLIENTS).toBeLessThanOrEqual(1);
    expect(seen.written).toBeGreaterThan(5);
  }
});
