import { expect, it } from 'vitest';
import { PostgresCluster } from '../../../server/test/postgres/postgres-cluster.ts';
import { expectInTime } from '../../patience.ts';
import { AdminClient } from '../admin-client.ts';
import { ServerProcess } from '../server-process.ts';
import { pause, waitUntil } from '../waiting.ts';
import { Balancer } from './balancer.ts';
import { Fleet } from './fleet.ts';

const isLong = process.env.DIMMER_FAULTS === 'long';
const APPLICATIONS = isLong ? 500 : 30;
const FLAG = 'ramped';
/** The long run holds it. */
const WITHIN_MS = 15_000;

it('F8 a standby takes over from a primary that dies in the middle of writes: all servers and SDKs go over to what it has, and go on', async () => {
  const primary = await PostgresCluster.start();
  const standby = await primary.standby();
  let current = primary;
  const database = await Balancer.start(() => [`http://127.0.0.1:${current.port}`]);
  const url = new URL(await primary.createDatabase());
  url.port = new URL(database.url).port;
  const nodes = [new ServerProcess(url.href), new ServerProcess(url.href)] as const;
  const admin = new AdminClient(() => nodes[0].url);
  const acknowledged: string[] = [];
  let isWriting = true;
  let fleet: Fleet | null = null;
  try {
    await Promise.all(nodes.map((node) => node.start()));
    await admin.createFlag(FLAG);
    const key = nodes.map((node) => node.serverKeys.get('production')).find((each) => each !== undefined) as string;
    const balancer = await Balancer.start(() => nodes.map((node) => node.url));
    fleet = new Fleet(APPLICATIONS, balancer.url, key);
    expect(await fleet.ready()).toBe(APPLICATIONS);

    let lastAt = 0;
    let refused = 0;
    const writing = (async () => {
      for (let step = 1; isWriting; step += 1) {
        try {
          acknowledged.push((await admin.rollout(FLAG, 1_000 + step)).id);
          lastAt = performance.now();
        } catch {
          // There is no primary.
          refused += 1;
        }
        await pause(20);
      }
    })();
    await waitUntil(() => acknowledged.length >= 20, WITHIN_MS);
    await primary.crash();
    await waitUntil(() => refused > 0, WITHIN_MS);
    await standby.promote();
    current = standby;
    database.cut();
    const promotedAt = performance.now();
    const before = acknowledged.length;
    await waitUntil(() => lastAt >= promotedAt, WITHIN_MS);
    const recoveredInMs = lastAt - promotedAt;
    await waitUntil(() => acknowledged.length >= before + 10, WITHIN_MS);
    isWriting = false;
    await writing;

    const last = acknowledged.at(-1) as string;
    const everywhere = fleet;
    await waitUntil(() => everywhere.at(last) === APPLICATIONS, 60_000);
    const log = new Set((await admin.changesAfter(0)).values());
    const unreplicated = acknowledged.filter((id) => !log.has(id)).length;
    if (isLong) {
      process.stdout.write(
        `${acknowledged.length} acknowledged, ${unreplicated} of them had not reached the standby; first write after ${Math.round(recoveredInMs)} ms; ${fleet.at(last)} of ${APPLICATIONS} SDKs at the last id\n`,
      );
    }
    expect(recoveredInMs).toBeGreaterThan(0);
    expectInTime('the first write', recoveredInMs, WITHIN_MS);
    expect(fleet.at(last)).toBe(APPLICATIONS);
    expect(fleet.answers(FLAG)).toBe(1);
    expect(await admin.verify()).toMatchObject({ ok: true });
    const other = new AdminClient(() => nodes[1].url);
    expect(await other.verify()).toMatchObject({ ok: true });
    await balancer.stop();
  } finally {
    isWriting = false;
    await fleet?.close();
    await Promise.all(nodes.map((node) => node.kill()));
    await database.stop();
    await standby.stop();
    await primary.stop();
  }
});
