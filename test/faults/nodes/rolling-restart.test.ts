import { afterAll, beforeAll, expect, it } from 'vitest';
import { PostgresCluster } from '../../../server/test/postgres/postgres-cluster.ts';
import { expectInTime } from '../../patience.ts';
import { AdminClient } from '../admin-client.ts';
import { ServerProcess } from '../server-process.ts';
import { pause, waitUntil } from '../waiting.ts';
import { Balancer } from './balancer.ts';
import { Fleet } from './fleet.ts';

const isLong = process.env.DIMMER_FAULTS === 'long';
const APPLICATIONS = isLong ? 1_000 : 60;
const DRAIN_MS = isLong ? 5_000 : 1_000;
const WRITE_EVERY_MS = isLong ? 1_000 : 250;
const FLAG = 'ramped';
/** Three tries, 50 ms from each other. */
const GIVEN_UP_MS = 150;

let cluster: PostgresCluster;

beforeAll(async () => {
  cluster = await PostgresCluster.start();
});
afterAll(() => cluster?.stop());

it('F19 two servers are restarted one after the other: no change is missed, and no write fails', async () => {
  const url = await cluster.createDatabase();
  const settings = { DIMMER_DRAIN_MS: String(DRAIN_MS) };
  const nodes = [new ServerProcess(url, settings), new ServerProcess(url, settings)] as const;
  const balancer = await Balancer.start(() => nodes.map((node) => node.url));
  const admin = new AdminClient(() => balancer.url);
  const written = new Map<string, number>();
  let failed = 0;
  let isWriting = true;
  let fleet: Fleet | null = null;
  try {
    await Promise.all(nodes.map((node) => node.start()));
    await admin.createFlag(FLAG);
    const key = nodes.map((node) => node.serverKeys.get('production')).find((each) => each !== undefined);
    fleet = new Fleet(APPLICATIONS, balancer.url, key as string);
    expect(await fleet.ready()).toBe(APPLICATIONS);

    const writing = (async () => {
      for (let step = 1; isWriting; step += 1) {
        const { id } = await retried(
          () => admin.rollout(FLAG, 1_000 + step),
          () => (failed += 1),
        );
        if (id) written.set(id, performance.now());
        await pause(WRITE_EVERY_MS);
      }
    })();
    for (const node of nodes) {
      await pause(2 * WRITE_EVERY_MS);
      await node.stop();
      await node.start();
      await pause(2 * WRITE_EVERY_MS);
    }
    isWriting = false;
    await writing;
    const last = [...written.keys()].at(-1) as string;
    const everywhere = fleet;
    await waitUntil(() => everywhere.at(last) === APPLICATIONS, 10_000);

    expect(fleet.at(last)).toBe(APPLICATIONS);
    expect(failed).toBe(0);
    expect(fleet.wentBack).toBe(0);
    expect(fleet.answers(FLAG)).toBe(1);
    if (isLong) {
      expectInTime('the slowest change', fleet.slowestMs(written), 7_000);
      process.stdout.write(
        `${written.size} writes, ${failed} failed, ${APPLICATIONS} SDKs; the slowest was behind for ${Math.round(fleet.slowestMs(written))} ms\n`,
      );
    }
  } finally {
    isWriting = false;
    await fleet?.close();
    await balancer.stop();
    await Promise.all(nodes.map((node) => node.kill()));
  }
});

/** As a load balancer does, a request is sent again whose connection was closed or that was refused with 503. */
async function retried<Answer>(ask: () => Promise<Answer>, gaveUp: () => void): Promise<Answer | { id?: undefined }> {
  let answer: Answer | undefined;
  const took = await waitUntil(async () => {
    answer = await ask().catch(() => undefined);
    return answer !== undefined;
  }, GIVEN_UP_MS);
  if (took !== null && answer !== undefined) return answer;
  gaveUp();
  return {};
}
