/**
 * How soon a change arrives: `npm run bench:delivery`, or with `-- --quick`. A toggle by HTTP on the real server, in a
 * process of its own, until one connected Node SDK has applied it, and until the last of 1,000 raw streams has it,
 * beside a bare node:http loop. The report is printed and written to bench/results/delivery.md. Why: decision 0042.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleProgram } from './bundle.ts';
import { BareFloor } from './delivery/bare-floor.ts';
import { FanOut } from './delivery/fan-out.ts';
import { timeOneSdk } from './delivery/one-sdk.ts';
import { RealServer } from './delivery/real-server.ts';
import { describeMachine } from './machine.ts';
import { markdownTable, readable } from './markdown.ts';
import { median, percentile } from './measure.ts';

const RESULTS_FOLDER = fileURLToPath(new URL('../results/', import.meta.url));
const STREAMS = 1_000;
/** The goals, ms. */
const ONE_SDK_MS = 2;
const LAST_STREAM_MS = 25;

const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const sdkToggles = options.quick ? 300 : 2_000;
const fanOutToggles = options.quick ? 60 : 400;
/** Toggles after which the other server has its turn. */
const TURN = 20;
const WARM_UP = 40;

const machine = describeMachine();
const server = await RealServer.start();
try {
  const report = [
    machine,
    'Milliseconds of wall time on loopback; server, readers and caller are processes of their own.',
    await measure(server),
  ].join('\n\n');
  mkdirSync(RESULTS_FOLDER, { recursive: true });
  writeFileSync(`${RESULTS_FOLDER}delivery.md`, `${report}\n`);
  process.stdout.write(`${report}\n`);
} finally {
  await server.stop();
}

async function measure(server: RealServer): Promise<string> {
  const acknowledged = await timeAcknowledgement(server);
  const one = (await timeOneSdk(server, WARM_UP + sdkToggles)).slice(WARM_UP);
  const many = await timeFanOut(server);
  const rows = [
    row('toggle → acknowledged', acknowledged.real),
    row('bare node:http → acknowledged, nothing stored', acknowledged.bare),
    [...row('toggle → applied by one Node SDK', one), `p50 ≤ ${ONE_SDK_MS}`, verdict(median(one) <= ONE_SDK_MS)],
    [
      ...row(`toggle → last of ${STREAMS} streams`, many.real),
      `≤ ${LAST_STREAM_MS}`,
      verdict(median(many.real) <= LAST_STREAM_MS),
    ],
    row(`bare node:http → last of ${STREAMS} streams`, many.bare),
    [
      'encodings per change and audience',
      many.encodings.toFixed(2),
      '',
      '',
      String(many.real.length),
      '1',
      verdict(many.encodings <= 1),
    ],
  ];
  return markdownTable(['what', 'p50', 'p95', 'p99', 'toggles', 'target', ''], rows);
}

/** Our server and the bare one in turns: the difference is the command, its checks and the commit to disk. */
async function timeAcknowledgement(server: RealServer): Promise<{ real: number[]; bare: number[] }> {
  const floor = await BareFloor.start();
  const real: number[] = [];
  const bare: number[] = [];
  for (let index = 0; index < WARM_UP + sdkToggles / 2; index += 1) {
    real.push(await wallMs(() => server.toggle()));
    bare.push(await wallMs(() => floor.toggle()));
  }
  await floor.stop();
  return { real: real.slice(WARM_UP), bare: bare.slice(WARM_UP) };
}

async function wallMs(act: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await act();
  return performance.now() - start;
}

/** Our server and the bare loop in turns, each with streams of its own, so that a slow moment meets both. */
async function timeFanOut(server: RealServer): Promise<{ real: number[]; bare: number[]; encodings: number }> {
  const swarm = await bundleProgram(new URL('./delivery/swarm.ts', import.meta.url));
  const floor = await BareFloor.start();
  const headers = { Authorization: `Bearer ${server.key}` };
  const realStreams = await FanOut.open(swarm, { url: `${server.url}/sdk/v1/stream`, headers, streams: STREAMS });
  const bareStreams = await FanOut.open(swarm, { url: `${floor.url}/stream`, headers: {}, streams: STREAMS });
  const real: number[] = [];
  const bare: number[] = [];
  const encodingsBefore = await server.patchEncodings();
  for (let done = 0; done < WARM_UP + fanOutToggles; done += TURN) {
    for (let index = 0; index < TURN; index += 1) real.push(await realStreams.time(() => server.toggle()));
    for (let index = 0; index < TURN; index += 1) bare.push(await bareStreams.time(() => floor.toggle()));
  }
  const encodings = ((await server.patchEncodings()) - encodingsBefore) / real.length;
  await Promise.all([realStreams.close(), bareStreams.close()]);
  await floor.stop();
  return { real: real.slice(WARM_UP), bare: bare.slice(WARM_UP), encodings };
}

function row(what: string, samples: readonly number[]): string[] {
  const cells = [median(samples), percentile(samples, 0.95), percentile(samples, 0.99)].map(readable);
  return [what, ...cells, String(samples.length)];
}

function verdict(reached: boolean): string {
  return reached ? 'reached' : 'falls short';
}
