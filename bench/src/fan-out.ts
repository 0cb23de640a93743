/**
 * One change to 10,000 streams, and 10,000 streams that come back at once: `npm run bench:fanout`, or with `-- --quick`;
 * `-- --only change,memory,storm,large` runs a part. Servers and swarms of raw sockets are processes of their own; a bare
 * node:http loop that writes one shared buffer is measured in turns with ours. The report is printed and written to
 * bench/results/fan-out.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { timeOneSdk } from './delivery/one-sdk.ts';
import { measureIdleMemory } from './fan-out/idle-memory.ts';
import { compareWays } from './fan-out/large-ruleset.ts';
import { timeLastClient } from './fan-out/last-client.ts';
import { OriginServer } from './fan-out/origin-server.ts';
import { type Storm, stormOfSdks, stormWithoutAdmission } from './fan-out/reconnects.ts';
import { describeMachine } from './machine.ts';
import { markdownTable, readable } from './markdown.ts';
import { median, percentile } from './measure.ts';

const RESULTS_FOLDER = fileURLToPath(new URL('../results/', import.meta.url));
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', default: 'change,memory,storm,large' },
  },
});
const parts = options.only.split(',');
const MANY = 10_000;
const SNAPSHOT_BYTES = 50_000;
const rounds = options.quick
  ? { few: 100, many: 20, sdk: 300, memory: 1, storms: 2 }
  : { few: 400, many: 60, sdk: 2_000, memory: 3, storms: 5 };
/** Streams are opened as fast as they can be, where that is not what is measured. */
const OPEN_DOORS = { DIMMER_STREAMS_PER_SECOND: '1000000' };

const changes: string[][] = [];
const others: string[][] = [];
const large: string[][] = [];
const machine = describeMachine();
if (parts.includes('change')) await measureChanges();
if (parts.includes('memory')) await measureMemory();
if (parts.includes('storm')) await measureStorms();
if (parts.includes('large')) await measureLargeRulesets();
const report = [
  machine,
  'Wall time on loopback; servers, streams and caller are processes of their own, on the same cores.',
  ...(changes.length > 0
    ? [markdownTable(['ms', 'p50', 'p99', 'max', 'samples', '× bare, p50', 'target', ''], changes)]
    : []),
  ...(others.length > 0 ? [markdownTable(['what', 'median', 'rounds', 'bare', 'target', ''], others)] : []),
  ...(large.length > 0
    ? [
        markdownTable(
          ['a new client: CPU of the server', 'on the stream', 'KB', 'id, and a request', 'KB, gzip'],
          large,
        ),
      ]
    : []),
].join('\n\n');
mkdirSync(RESULTS_FOLDER, { recursive: true });
writeFileSync(`${RESULTS_FOLDER}fan-out.md`, `${report}\n`);
process.stdout.write(`${report}\n`);

async function measureChanges(): Promise<void> {
  const server = await OriginServer.start({ env: OPEN_DOORS });
  const one = (await timeOneSdk(server, 50 + rounds.sdk)).slice(50);
  changes.push(['toggle → one Node SDK', ...figures(one), '', 'p50 ≤ 2', verdict(median(one) <= 2)]);
  for (const [streams, toggles, targetMs] of [
    [1_000, rounds.few, 25],
    [MANY, rounds.many, 150],
  ] as const) {
    const { real, bare, evaluations, evaluationsAlone } = await timeLastClient(server, streams, toggles);
    const times = median(real.ms) / median(bare.ms);
    const cpuTimes = median(real.cpuUs) / median(bare.cpuUs);
    const name = streams.toLocaleString('en');
    const reached = verdict(median(real.ms) <= targetMs && times <= 1.3);
    changes.push(
      [`toggle → last of ${name}`, ...figures(real.ms), readable(times), `≤ ${targetMs}, ≤ 1.3 ×`, reached],
      [`bare node:http → last of ${name}`, ...figures(bare.ms), '', '', ''],
      [`CPU of the server for each of ${name}, µs`, ...figures(real.cpuUs), readable(cpuTimes), '', ''],
      [`CPU of the bare one for each, µs`, ...figures(bare.cpuUs), '', '', ''],
      [
        `an evaluation request during a fan-out to ${name}`,
        ...figuresOf(evaluations),
        ...['', 'p99 ≤ 10', verdict(p99Of(evaluations) <= 10)],
      ],
      ['the same while nothing else happens', ...figuresOf(evaluationsAlone), '', '', ''],
    );
  }
  await server.stop();
}

async function measureMemory(): Promise<void> {
  const measured = [];
  for (let round = 0; round < rounds.memory; round += 1) measured.push(await measureIdleMemory(MANY, OPEN_DOORS));
  const real = measured.map((each) => each.real / 1_000);
  const bare = median(measured.map((each) => each.bare / 1_000));
  row('memory of an idle stream at 10,000, KB', real, readable(bare), 15, '≤');
}

async function measureStorms(): Promise<void> {
  const sizes = { clients: MANY, snapshotBytes: SNAPSHOT_BYTES, rounds: rounds.storms };
  const { real, bare, snapshotBytes } = await stormWithoutAdmission(sizes);
  const perCore = (storms: readonly Storm[]) => storms.map(({ vitals }) => MANY / (vitals.cpuMs / 1_000));
  const kilobytes = Math.round(snapshotBytes / 1_000);
  const what = `10,000 come back within 1 s, a snapshot of ${kilobytes} KB each, no admission`;
  row(`${what}: connections a second and core`, perCore(real), readable(median(perCore(bare))), 6_000, '≥');
  row('– all current after, s', currentS(real), readable(median(currentS(bare))));
  const lost = (storms: readonly Storm[]) => storms.map((each) => each.lost.loopMaxMs);
  row('10,000 streams are cut at once: event loop late, max, ms', lost(real), readable(median(lost(bare))));
  const late = (storms: readonly Storm[]) => storms.map(({ vitals }) => vitals.loopMaxMs);
  row('– event loop late, max, ms', late(real), readable(median(late(bare))));

  const resuming = await stormOfSdks(sizes, 'resuming', 'sdk');
  rowsOf('10,000 SDKs come back by their own jitter, two changes behind', resuming, 15, true);
  const patched = resuming.map(({ report }) => report.patches);
  row('– patches', patched, '', MANY, '≥');
  row(
    '– snapshots',
    resuming.map(({ report }) => report.snapshots),
    '',
    0,
    '≤',
  );
  const cold = await stormOfSdks(sizes, 'cold', 'sdk');
  rowsOf(`10,000 SDKs come back by their own jitter, ${kilobytes} KB each`, cold, 15, true);
  const sudden = await stormOfSdks(sizes, 'cold', 1_000);
  rowsOf(`10,000 come back within 1 s, ${kilobytes} KB each, admitted at 1,500 a second`, sudden, 30, false);
}

async function measureLargeRulesets(): Promise<void> {
  for (const snapshotBytes of [50_000, 500_000]) {
    const ways = await compareWays(snapshotBytes, 1_000, rounds.storms);
    const kilobytes = [ways.bytes, ways.gzipBytes].map((bytes) => readable(bytes / 1_000)) as [string, string];
    const [streamed, fetched] = [ways.streamedMs, ways.fetchedMs].map((ms) => `${readable(ms * 1_000)} µs`);
    large.push([`a ruleset of ${kilobytes[0]} KB`, streamed ?? '', kilobytes[0], fetched ?? '', kilobytes[1]]);
  }
}

/** Who comes back within a second by plan is not measured by how evenly he does. */
function rowsOf(what: string, storms: readonly Storm[], withinS: number, isByJitter: boolean): void {
  row(`${what}: all current after, s`, currentS(storms), '', withinS, '≤');
  const densest = storms.map(({ report }) => report.densest * 100);
  row('– the densest 100 ms, % of the clients', densest, '', ...(isByJitter ? [3.5] : []));
  row(
    '– refused for each that is let in',
    storms.map(({ report }) => report.refused / MANY),
    '',
    1,
    '≤',
  );
  row(
    '– event loop late, p99, ms',
    storms.map(({ vitals }) => vitals.loopP99Ms),
    '',
    50,
    '≤',
  );
  row(
    '– event loop late, max, ms',
    storms.map(({ vitals }) => vitals.loopMaxMs),
    '',
  );
  row(
    '– attempts without an answer',
    storms.map(({ report }) => report.failed),
    '',
    0,
    '≤',
  );
}

function currentS(storms: readonly Storm[]): number[] {
  return storms.map(({ report }) => report.allCurrentMs / 1_000);
}

/** One figure of several rounds; the goal is reached if the median reaches it. */
function row(what: string, samples: readonly number[], bare: string, target?: number, sense: '≤' | '≥' = '≤'): void {
  const middle = median(samples);
  const isReached = target !== undefined && (sense === '≤' ? middle <= target : middle >= target);
  const goal = target === undefined ? ['', ''] : [`${sense} ${target.toLocaleString('en')}`, verdict(isReached)];
  others.push([what, readable(middle), samples.map(readable).join(', '), bare, ...goal]);
}

function figures(samples: readonly number[]): string[] {
  const max = samples.reduce((most, each) => Math.max(most, each), 0);
  return [...[median(samples), percentile(samples, 0.99), max].map(readable), samples.length.toLocaleString('en')];
}

/** The p99 is that of the median round: one moment in which the machine does something else does not make it. */
function figuresOf(rounds: readonly (readonly number[])[]): string[] {
  const [p50, , max, samples] = figures(rounds.flat()) as [string, string, string, string];
  return [p50, readable(p99Of(rounds)), max, samples];
}

function p99Of(rounds: readonly (readonly number[])[]): number {
  return median(rounds.map((samples) => percentile(samples, 0.99)));
}

function verdict(reached: boolean): string {
  return reached ? 'reached' : 'falls short';
}
