import { readdirSync, readFileSync } from 'node:fs';
import type { Fault, Findings } from './fault.ts';
import { type FaultStage, onStage } from './fault-stage.ts';
import { Flood } from './flood.ts';
import { BATCHES } from './flood-batches.ts';
import { ADMIN_TOKEN } from './server-process.ts';
import { pause, waitUntil } from './waiting.ts';

const SIZES = {
  // Of answers that nobody reads `server/test/http/connections.test.ts` sees the same in less time.
  short: { floodMs: 200, lanes: 2, readers: 0 },
  long: { floodMs: 6_000, lanes: 8, readers: 800 },
} as const;

/** What one address may cost, whatever it sends. */
const MOST_GROWTH_MIB = 64;
const LOOP_P99_MS = 50;
const KILL_MS = 100;
/** An answer without a reader has 16 s from its last byte; hundreds of them, on a busy machine, some more. */
const CUT_WITHIN_MS = 60_000;
/** Those of other requests that are under way. */
const FEW_FILES = 10;

/** Where the flood comes from on Linux, whose loopback has more than one address. There nobody has shown a secret. */
const ELSEWHERE = process.platform === 'linux' ? '127.0.0.2' : undefined;

export const floods: Fault = {
  id: 'F35',
  sentence: 'whoever has the key of browsers, or none, can flood the server from one address and harm nobody',
  run: (size, say) =>
    onStage({ applications: 2, streams: 5 }, async (stage, findings) => {
      const { floodMs, lanes, readers } = SIZES[size];
      await stage.admin.call('POST', '/projects/default/flags', { key: 'flood', type: 'launch', browser: true });
      const browser = { kind: 'browser', name: 'public' };
      const { token } = await stage.admin.call('POST', '/projects/default/environments/production/keys', browser);
      const url = `${stage.server.url}/sdk/v1/events?key=${token}`;
      const before = memoryMib(stage.server.pid as number);
      let sent = 0;
      // Beside good servers at one address, where nobody may be shut out, and from an address of its own.
      for (const from of size === 'long' ? new Set([undefined, ELSEWHERE]) : [undefined]) {
        for (const kind of [...Object.keys(BATCHES), 'knocks']) {
          const where = from === undefined ? '' : ', from elsewhere';
          const flood = await Flood.prepare({ url, kind, lanes, ms: floodMs, from });
          await loopP99Ms(stage);
          const flooding = flood.run();
          const kills = await killsMeanwhile(stage, floodMs);
          const p99 = await loopP99Ms(stage);
          const statuses = await flooding;
          await flood.end();
          sent += [...statuses.values()].reduce((sum, count) => sum + count, 0);
          const grown = memoryMib(stage.server.pid as number) - before;
          const [p50Kill, longestKill] = [at(kills, 0.5), at(kills, 1)];
          const figures = `loop p99 ${p99.toFixed(0)} ms; ${kills.length} kills, p50 ${p50Kill.toFixed(0)}, longest ${longestKill.toFixed(0)} ms; ${grown} MiB more`;
          const name = `${kind}${where}`;
          say(`${name}: ${[...statuses].map(([status, count]) => `${count} × ${status}`).join(', ')}; ${figures}`);
          findings.note(`${name}: ${figures}`);
          findings.expect(![...statuses.keys()].some((status) => status >= '500' && status < '600'), `${name}: 5xx`);
          findings.expectInTime(grown <= MOST_GROWTH_MIB, `${name}: ${grown} MiB more than before`);
          findings.expectInTime(p99 <= LOOP_P99_MS, `${name}: the p99 of the event loop is ${p99.toFixed(0)} ms`);
          findings.expectInTime(longestKill <= KILL_MS, `${name}: a kill takes ${longestKill.toFixed(0)} ms`);
        }
      }
      const recoveredInMs = readers > 0 ? await leaveUnread(stage, token, readers, findings) : 0;
      const convergedInMs = await stage.converged();
      findings.expect(convergedInMs !== null, 'not everybody has the newest rules');
      const broken = stage.brokenStreams;
      findings.expect(broken === 0, `${broken} streams of servers broke`);
      const tried = `${Object.keys(BATCHES).length + 1} floods, ${sent} requests from one address; ${readers} answers not read`;
      return { tried, lost: broken, recoveredInMs };
    }),
};

/** Asks for answers and reads none of them. @returns how long until all of them were cut, ms */
async function leaveUnread(stage: FaultStage, key: string, readers: number, findings: Findings): Promise<number> {
  await addLargeRules(stage);
  const before = memoryMib(stage.server.pid as number);
  const filesBefore = filesOf(stage);
  const url = `${stage.server.url}/sdk/v1/ruleset?key=${key}`;
  const flood = await Flood.prepare({ url, kind: 'unread', lanes: readers, ms: 0 });
  await flood.run();
  const kills = await killsMeanwhile(stage, 1_000);
  const grown = memoryMib(stage.server.pid as number) - before;
  findings.note(`${readers} answers not read: kills ${Math.max(...kills).toFixed(0)} ms, ${grown} MiB more`);
  const took = await waitUntil(() => filesOf(stage) <= filesBefore + FEW_FILES, CUT_WITHIN_MS);
  findings.expect(took !== null, 'answers that nobody reads are not cut');
  await flood.end();
  return took ?? CUT_WITHIN_MS;
}

/** What kills take meanwhile, ms. */
async function killsMeanwhile(stage: FaultStage, ms: number): Promise<number[]> {
  const kills: number[] = [];
  const until = performance.now() + ms;
  const flag = '/projects/default/flags/flag-0/environments/production';
  do {
    const startedAt = performance.now();
    await stage.admin.call('POST', `${flag}/kill`, { reason: 'flood' });
    kills.push(performance.now() - startedAt);
    await stage.admin.call('POST', `${flag}/restore`, { reason: 'over' });
    await pause(100);
  } while (performance.now() < until);
  return kills;
}

/** How late the server's event loop has been since this was last asked, by its own word. */
async function loopP99Ms(stage: FaultStage): Promise<number> {
  const text = await metricsOf(stage);
  return 1_000 * Number(/^nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text)?.[1] ?? 0);
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

/** @param share 0.5: the median; 1: the largest */
function at(numbers: readonly number[], share: number): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN;
}
