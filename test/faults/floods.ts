import { readdirSync, readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { type Fault, Findings } from './fault.ts';
import { FaultStage } from './fault-stage.ts';
import { ADMIN_TOKEN } from './server-process.ts';
import { pause, waitUntil } from './waiting.ts';

const SIZES = {
  // Of answers that nobody reads `server/test/http/connections.test.ts` sees the same in less time.
  short: { floodMs: 200, lanes: 2, readers: 0 },
  long: { floodMs: 15_000, lanes: 8, readers: 800 },
} as const;

/** What one address may cost, whatever it sends. */
const MOST_GROWTH_MIB = 64;
const LOOP_P99_MS = 50;
const KILL_MS = 100;
/** An answer without a reader has 16 s from its last byte; hundreds of them, on a busy machine, some more. */
const CUT_WITHIN_MS = 60_000;
/** Those of other requests that are under way. */
const FEW_FILES = 10;

const ID = '1.aaaaaaaaaaaa';
const NONE = { same: 0, different: 0, ignored: 0, failed: 0 };

/** A batch of events that costs as much as its size allows, by what is in it. @param n another one each time */
const BATCHES: Readonly<Record<string, (n: number) => string>> = {
  brackets: () => `{"batch":"x","more":[${'[[[[[]]]]],'.repeat(10_000)}0]}`,
  text: () => `{"batch":"x","more":"${'y'.repeat(1_000_000)}"}`,
  counts: (n) =>
    JSON.stringify({ batch: `c${n}`, summaries: [{ id: ID, from: 1, to: Date.now(), counts: countsOf(n) }] }),
  instances: (n) =>
    JSON.stringify({ batch: `i${n}`, instance: `made-up-${n}`.padEnd(99, 'x'), receipts: [{ id: ID }] }),
  'roll calls': (n) =>
    JSON.stringify({ batch: `r${n}`, instance: `relay-${n}`, rollCall: { connected: 1e9, silent: 0, behind: [] } }),
  'error units': (n) =>
    launchBatch(n, { errorUnits: Array.from({ length: 1_000 }, (_, unit) => hexOf(n * 1_000 + unit)) }),
  histograms: (n) => launchBatch(n, { latency: Array.from({ length: 1_024 }, (_, bucket) => [bucket, 1]).flat() }),
};

function countsOf(n: number): object[] {
  return Array.from({ length: 500 }, (_, each) => ({ flag: `flag-${n}-${each}`, variation: 'on', count: 1 }));
}

function launchBatch(n: number, more: object): string {
  const path = { variation: 'live', path: 'candidate', calls: 1_024, errors: {}, latency: [], ...more };
  const paths = Array.from({ length: 8 }, (_, role) => ({ ...path, role: `r${role}` }));
  const launch = { flag: 'flood', id: ID, from: 1, to: Date.now() - 60_000 * (n % 10), paths };
  return JSON.stringify({
    batch: `l${n}`,
    launches: [{ ...launch, compared: NONE, noise: NONE, shed: {}, clusters: [] }],
  });
}

function hexOf(n: number): string {
  return (Math.imul(n, 2_654_435_761) >>> 0).toString(16).padStart(8, '0');
}

export const floods: Fault = {
  id: 'F35',
  sentence: 'whoever has the key of browsers, or none, can flood the server from one address and harm nobody',
  async run(size, say) {
    const { floodMs, lanes, readers } = SIZES[size];
    const findings = new Findings();
    const stage = await FaultStage.open({ applications: 2, streams: 5 });
    let sent = 0;
    let recoveredInMs = 0;
    try {
      await stage.admin.call('POST', '/projects/default/flags', { key: 'flood', type: 'launch', browser: true });
      const { token } = await stage.admin.call('POST', '/projects/default/environments/production/keys', {
        ...{ kind: 'browser', name: 'public' },
      });
      const before = memoryMib(stage.server.pid as number);
      for (const [name, make] of Object.entries(BATCHES)) {
        const url = `${stage.server.url}/sdk/v1/events?key=${token}`;
        const flood = floodWith(url, make, lanes, floodMs);
        await loopP99Ms(stage);
        const kills = await killsMeanwhile(stage, floodMs);
        const p99 = await loopP99Ms(stage);
        const statuses = await flood;
        sent += [...statuses.values()].reduce((sum, count) => sum + count, 0);
        const grown = memoryMib(stage.server.pid as number) - before;
        const longestKill = Math.max(...kills);
        const figures = `loop p99 ${p99.toFixed(0)} ms, kills ${longestKill.toFixed(0)} ms, ${grown} MiB more`;
        say(`${name}: ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(', ')}; ${figures}`);
        findings.expect(![...statuses.keys()].some((status) => status >= 500), `${name}: the server answers 5xx`);
        findings.expectInTime(grown <= MOST_GROWTH_MIB, `${name}: ${grown} MiB more than before`);
        findings.expectInTime(
          p99 <= LOOP_P99_MS,
          `${name}: the p99 of the server’s event loop is ${p99.toFixed(0)} ms`,
        );
        findings.expectInTime(longestKill <= KILL_MS, `${name}: a kill takes ${longestKill.toFixed(0)} ms`);
      }
      if (readers > 0) recoveredInMs = await leaveUnread(stage, token, readers, findings);
      const convergedInMs = await stage.converged();
      findings.expect(convergedInMs !== null, 'not everybody has the newest rules');
      const broken = stage.followers.reduce((sum, { lost }) => sum + lost, 0);
      findings.expect(broken === 0, `${broken} streams of servers broke`);
      return {
        tried: `${Object.keys(BATCHES).length} floods, ${sent} batches from one address; ${readers} answers not read`,
        ...{ lost: broken, recoveredInMs, ...findings },
      };
    } finally {
      await stage.close();
    }
  },
};

/** Asks for answers and reads none of them. @returns how long until all of them were cut, ms */
async function leaveUnread(stage: FaultStage, key: string, readers: number, findings: Findings): Promise<number> {
  await addLargeRules(stage);
  const before = memoryMib(stage.server.pid as number);
  const filesBefore = filesOf(stage);
  const reading = await readersThatDoNotRead(`${stage.server.url}/sdk/v1/ruleset?key=${key}`, readers);
  const kills = await killsMeanwhile(stage, 1_000);
  const grown = memoryMib(stage.server.pid as number) - before;
  findings.note(`${readers} answers not read: kills ${Math.max(...kills).toFixed(0)} ms, ${grown} MiB more`);
  const took = await waitUntil(() => filesOf(stage) <= filesBefore + FEW_FILES, CUT_WITHIN_MS);
  findings.expect(took !== null, 'answers that nobody reads are not cut');
  for (const socket of reading) socket.destroy();
  return took ?? CUT_WITHIN_MS;
}

/** How many of each status came; 0: the connection broke. */
async function floodWith(
  url: string,
  make: (n: number) => string,
  lanes: number,
  ms: number,
): Promise<ReadonlyMap<number, number>> {
  const statuses = new Map<number, number>();
  const until = performance.now() + ms;
  let n = 0;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (performance.now() < until) {
        const status = await fetch(url, { method: 'POST', body: make(n++) }).then(
          async (response) => {
            await response.arrayBuffer();
            return response.status;
          },
          () => 0,
        );
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    }),
  );
  return statuses;
}

/** What kills take meanwhile, ms. */
async function killsMeanwhile(stage: FaultStage, ms: number): Promise<number[]> {
  const kills: number[] = [];
  const until = performance.now() + ms;
  const at = '/projects/default/flags/flag-0/environments/production';
  do {
    const startedAt = performance.now();
    await stage.admin.call('POST', `${at}/kill`, { reason: 'flood' });
    kills.push(performance.now() - startedAt);
    await stage.admin.call('POST', `${at}/restore`, { reason: 'over' });
    await pause(100);
  } while (performance.now() < until);
  return kills;
}

/** How late the server's event loop has been since this was last asked, by its own word. */
async function loopP99Ms(stage: FaultStage): Promise<number> {
  const text = await metricsOf(stage);
  return 1_000 * Number(/^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text)?.[1] ?? 0);
}

/** Connections on which something large is asked for, four times, and none of it read. */
async function readersThatDoNotRead(url: string, count: number): Promise<readonly Socket[]> {
  const { hostname, port, pathname, search } = new URL(url);
  const sockets: Socket[] = [];
  const head = `GET ${pathname}${search} HTTP/1.1\r\nHost: x\r\n\r\n`;
  for (let each = 0; each < count; each += 1) {
    const socket = connect(Number(port), hostname);
    socket.on('error', () => {});
    socket.pause();
    socket.write(head.repeat(4));
    sockets.push(socket);
    if (each % 50 === 49) await pause(10);
  }
  return sockets;
}

/** More than the system takes off the server's hands for somebody who does not read. */
async function addLargeRules(stage: FaultStage): Promise<void> {
  const variations = [
    { key: 'large', value: 'x'.repeat(60_000) },
    { key: 'small', value: '' },
  ];
  for (let each = 0; each < 60; each += 1) {
    const flag = { key: `large-${each}`, type: 'string', browser: true, variations };
    await stage.admin.call('POST', '/projects/default/flags', flag);
  }
}

async function metricsOf(stage: FaultStage): Promise<string> {
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
  return (await fetch(`${stage.server.url}/metrics`, { headers })).text();
}

/** Files that the server has open, connections among them. */
function filesOf({ server }: FaultStage): number {
  return readdirSync(`/proc/${server.pid}/fd`).length;
}

function memoryMib(pid: number): number {
  const kib = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Math.round(Number(kib ?? 0) / 1_024);
}
