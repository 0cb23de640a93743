/**
 * Propagations over several servers: `npm run bench:nodes`, or with `-- --quick`. Two servers on a real PostgreSQL, with
 * notifications and without; a relay; and a kill that waits until everybody has obeyed. Servers, SDKs and the caller are
 * processes of their own. The report is printed and written to bench/results/nodes.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { PostgresCluster } from '../../server/test/postgres/postgres-cluster.ts';
import { discardBuilds } from '../../test/build-once.ts';
import { describeMachine } from './machine.ts';
import { markdownTable, readable } from './markdown.ts';
import { median, percentile } from './measure.ts';
import { BenchServer } from './nodes/bench-server.ts';
import { SdkFleet } from './nodes/sdk-fleet.ts';

const RESULTS_FOLDER = fileURLToPath(new URL('../results/', import.meta.url));
const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const rounds = options.quick ? { toggles: 15, slowToggles: 4, kills: 8 } : { toggles: 60, slowToggles: 15, kills: 40 };
const WARM_UP = 5;
/** Between two changes: people make them one at a time, and receipts of the one are not to be measured with the next. */
const PAUSE_MS = 700;

const rows: string[][] = [];
const machine = describeMachine();
const cluster = await PostgresCluster.start();
try {
  await twoNodes('two servers on PostgreSQL, 1,100 SDKs', rounds.toggles, 100, {});
  // Notifications go to another database of the same cluster, where nobody hears them.
  await twoNodes('the same, no notification arrives', rounds.slowToggles, 5_000, {
    DATABASE_LISTEN_URL: await cluster.createDatabase(),
  });
  await relayed();
  await kills();
} finally {
  await cluster.stop();
  await discardBuilds();
}
const report = [
  machine,
  'Milliseconds of wall time on loopback; servers, SDKs and caller are processes of their own, on the same cores.',
  markdownTable(['what', 'p50', 'p99', 'max', 'samples', 'target', ''], rows),
].join('\n\n');
mkdirSync(RESULTS_FOLDER, { recursive: true });
writeFileSync(`${RESULTS_FOLDER}nodes.md`, `${report}\n`);
process.stdout.write(`${report}\n`);

/** From the request at one server until each SDK at either has applied the change. */
async function twoNodes(what: string, toggles: number, targetMs: number, env: Record<string, string>): Promise<void> {
  const DATABASE_URL = await cluster.createDatabase();
  const servers = [
    await BenchServer.start({ DATABASE_URL, ...env }),
    await BenchServer.start({ DATABASE_URL, ...env }),
  ];
  const [first, second] = servers as [BenchServer, BenchServer];
  const key = await first.prepare();
  // The other server has to have the key before SDKs come with it.
  await until(async () => (await fetch(`${second.url}/sdk/v1/ruleset`, { headers: bearer(key) })).ok);
  const fleets = await Promise.all(
    servers.map((server, index) => SdkFleet.open({ url: server.url, key, clients: 550, name: `node${index}` })),
  );
  const samples = await timeChanges(first, fleets, toggles);
  rows.push([`${what}: change → each SDK`, ...figures(samples), `p99 ≤ ${targetMs}`, verdict(samples, targetMs)]);
  await Promise.all(fleets.map((fleet) => fleet.close()));
  await Promise.all(servers.map((server) => server.stop()));
}

async function relayed(): Promise<void> {
  const origin = await BenchServer.start();
  const key = await origin.prepare();
  const relay = await BenchServer.start({ DIMMER_UPSTREAM: origin.url });
  const leaf = await BenchServer.start({ DIMMER_UPSTREAM: relay.url });
  for (const [what, server] of [
    ['a server', origin],
    ['a relay of it', relay],
    ['a relay of that', leaf],
  ] as const) {
    const fleet = await SdkFleet.open({ url: server.url, key, clients: 100, name: what });
    const samples = await timeChanges(origin, [fleet], rounds.toggles);
    rows.push([`100 SDKs below ${what}: change → each SDK`, ...figures(samples), '', '']);
    await fleet.close();
  }
  await Promise.all([leaf, relay, origin].map((server) => server.stop()));
}

/** From the request until its answer, which says that every instance has applied the kill. */
async function kills(): Promise<void> {
  const DATABASE_URL = await cluster.createDatabase();
  const lone = await BenchServer.start();
  const pair = [await BenchServer.start({ DATABASE_URL }), await BenchServer.start({ DATABASE_URL })] as const;
  for (const [what, servers] of [
    ['one server', [lone]],
    ['two on PostgreSQL', pair],
  ] as const) {
    const key = await servers[0].prepare();
    await until(async () => {
      const answers = servers.map((server) => fetch(`${server.url}/sdk/v1/ruleset`, { headers: bearer(key) }));
      return (await Promise.all(answers)).every(({ ok }) => ok);
    });
    const clients = 200 / servers.length;
    const fleets = await Promise.all(
      servers.map((server, index) => SdkFleet.open({ url: server.url, key, clients, name: `${what}-${index}` })),
    );
    const samples: number[] = [];
    for (let round = 0; round < rounds.kills; round += 1) {
      await pause(PAUSE_MS);
      const start = performance.now();
      const { propagation } = await servers[0].kill();
      const tookMs = performance.now() - start;
      const [found] = propagation ?? [];
      if (!found?.complete || found.connected !== 200) throw new Error(`Not confirmed: ${JSON.stringify(found)}`);
      samples.push(tookMs);
      await servers[0].restore();
    }
    rows.push([`kill → confirmed by 200 SDKs, ${what}`, ...figures(samples), 'p99 ≤ 1,000', verdict(samples, 1_000)]);
    await Promise.all(fleets.map((fleet) => fleet.close()));
  }
  await Promise.all([lone, ...pair].map((server) => server.stop()));
}

async function timeChanges(server: BenchServer, fleets: readonly SdkFleet[], toggles: number): Promise<number[]> {
  const samples: number[] = [];
  for (let index = 0; index < WARM_UP + toggles; index += 1) {
    await pause(PAUSE_MS);
    const start = process.hrtime.bigint();
    const id = await server.toggle();
    const atNs = (await Promise.all(fleets.map((fleet) => fleet.applied(id)))).flat();
    if (index >= WARM_UP) samples.push(...atNs.map((each) => Number(each - start) / 1e6));
  }
  return samples;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await pause(20);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function bearer(key: string): Record<string, string> {
  return { Authorization: `Bearer ${key}` };
}

function figures(samples: readonly number[]): string[] {
  const max = samples.reduce((most, each) => Math.max(most, each), 0);
  return [...[median(samples), percentile(samples, 0.99), max].map(readable), samples.length.toLocaleString('en')];
}

function verdict(samples: readonly number[], targetMs: number): string {
  return percentile(samples, 0.99) <= targetMs ? 'reached' : 'falls short';
}
