import { PostgresCluster } from '../../../server/test/postgres/postgres-cluster.ts';
import { AdminClient } from '../admin-client.ts';
import { ServerProcess } from '../server-process.ts';
import { pause, waitUntil } from '../waiting.ts';
import { Balancer } from './balancer.ts';
import { Fleet } from './fleet.ts';

const FLAG = 'ramped';
const WRITE_EVERY_MS = 40;
/** Of the ramp, acknowledged before something goes wrong. */
const STEPS = 20;
/** The SDKs' own retries wait up to 30 s after many failures; then they must be back. */
const CONVERGE_MS = 60_000;

interface TwoNodesOptions {
  readonly applications: number;
  /** How often the database is stopped like `pg_ctl -m immediate` and started again. */
  readonly restarts: number;
  readonly say: (line: string) => void;
}

/** What came of it. */
export interface TwoNodesReport {
  readonly acknowledged: number;
  readonly refused: number;
  /** Acknowledged writes that the log does not have, or has otherwise. */
  readonly lost: readonly string[];
  readonly chain: { readonly ok: boolean };
  /** Ids that an application decided by and that the log does not have. */
  readonly unknownIds: readonly string[];
  readonly wentBack: number;
  /** Distinct answers of the whole fleet to the same questions, at the end. */
  readonly answers: number;
  readonly convergedAfterMs: number | null;
  /** From the return of the database to the first acknowledged write, the longest, ms. */
  readonly slowestRecoveryMs: number;
}

/**
 * Two servers on one PostgreSQL behind a load balancer, a fleet of SDKs, and a ramp that goes on by small steps all the
 * while; one server is killed with SIGKILL in the middle of it and started again, and the database is crashed again and
 * again.
 */
export async function twoNodes({ applications, restarts, say }: TwoNodesOptions): Promise<TwoNodesReport> {
  const startedAt = performance.now();
  const tell = (line: string) => say(`${((performance.now() - startedAt) / 1_000).toFixed(1).padStart(6)} s  ${line}`);
  const cluster = await PostgresCluster.start();
  const url = await cluster.createDatabase();
  const nodes = [new ServerProcess(url), new ServerProcess(url)] as const;
  const balancer = await Balancer.start(() => nodes.map((node) => node.url));
  const admin = new AdminClient(() => balancer.url);
  const acknowledged = new Map<number, string>();
  let refused = 0;
  let lastAcknowledgedAt = 0;
  let slowestRecoveryMs = 0;
  let fleet: Fleet | null = null;
  let isWriting = true;

  async function ramp(): Promise<void> {
    for (let step = 1; isWriting; step += 1) {
      try {
        const { revision, id } = await admin.rollout(FLAG, 1_000 + (step % 99_000));
        acknowledged.set(revision, id);
        lastAcknowledgedAt = performance.now();
      } catch {
        refused += 1;
      }
      await pause(WRITE_EVERY_MS);
    }
  }

  /** Waits until so many more steps have been acknowledged. */
  async function more(steps: number): Promise<void> {
    const enough = acknowledged.size + steps;
    await waitUntil(() => acknowledged.size >= enough, CONVERGE_MS);
  }

  try {
    await nodes[0].start();
    await nodes[1].start();
    tell('two servers on one PostgreSQL behind a load balancer');
    await admin.createFlag(FLAG);
    fleet = new Fleet(applications, balancer.url, nodes[0].serverKeys.get('production') as string);
    tell(`${await fleet.ready()} of ${applications} SDKs have rules`);
    const writing = ramp();
    await more(STEPS);
    tell(`the ramp goes on: ${acknowledged.size} steps acknowledged`);

    await nodes[0].kill();
    tell('kill -9 of the first server');
    await more(STEPS);
    tell(`meanwhile ${acknowledged.size} steps acknowledged, ${refused} refused`);
    await nodes[0].start();
    tell('the first server is started again');

    for (let round = 1; round <= restarts; round += 1) {
      await cluster.crash();
      await pause(200);
      await cluster.resume();
      const backAt = performance.now();
      await waitUntil(() => lastAcknowledgedAt >= backAt, CONVERGE_MS);
      slowestRecoveryMs = Math.max(slowestRecoveryMs, lastAcknowledgedAt - backAt);
      tell(
        `database crashed and started again, ${round} of ${restarts}; first write acknowledged after ${Math.round(lastAcknowledgedAt - backAt)} ms; ${acknowledged.size} acknowledged, ${refused} refused`,
      );
      await more(5);
    }
    isWriting = false;
    await writing;

    const head = await idOfProduction(admin);
    const everywhere = fleet;
    const convergedAfterMs = await waitUntil(() => everywhere.at(head) === applications, CONVERGE_MS);
    tell(
      `${fleet.at(head)} of ${applications} SDKs are at the last id, ${head}, ${convergedAfterMs} ms after the last step`,
    );
    const log = await admin.changesAfter(0);
    const known = new Set(log.values());
    return {
      acknowledged: acknowledged.size,
      refused,
      lost: [...acknowledged].filter(([revision, id]) => log.get(revision) !== id).map(([, id]) => id),
      chain: await admin.verify(),
      unknownIds: [...fleet.seen].filter((id) => !known.has(id)),
      wentBack: fleet.wentBack,
      answers: fleet.answers(FLAG),
      convergedAfterMs,
      slowestRecoveryMs: Math.round(slowestRecoveryMs),
    };
  } finally {
    isWriting = false;
    await fleet?.close();
    await balancer.stop();
    await Promise.all(nodes.map((node) => node.kill()));
    await cluster.stop();
  }
}

async function idOfProduction(admin: AdminClient): Promise<string> {
  return (await admin.call('GET', '/projects/default/environments/production/propagation')).id;
}
