/**
 * What a launch costs, and what it keeps from its callers: `npm run bench:launch`, with `-- --quick`, or with `-- --soak`
 * for the memory of ten million shadows, with `-- --part harm` for one part, or with `-- --hour` and the part `noticed`
 * for an hour of harmless candidates. The report is printed and written to bench/results/launch.md.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { bundleProgram } from './bundle.ts';
import { COPIED } from './launch/copied.ts';
import { HARMFUL } from './launch/harmful.ts';
import { EFFECTS } from './launch/noticed.ts';
import { describeMachine } from './machine.ts';
import { markdownTable, readable } from './markdown.ts';
import { median } from './measure.ts';

const RESULTS_FOLDER = fileURLToPath(new URL('../results/', import.meta.url));
const SYNC_GOAL_NS = 300;
const ASYNC_GOAL_NS = 1_000;
/** How many times as long callers may wait beside a harmful candidate, over a minute with its first second. */
const HARM_GOALS = { p50: 1.1, p99: 1.25 } as const;
/** What copies and comparison may cost the caller at p99, whatever the size. */
const COPY_GOAL_MS = 0.1;
const MERGE_GOAL_MS = 50;
/** Whose curve is shown: one that harms nobody, and two that only the comparison with and without shadows notices. */
const CURVES = ['waits 50 ms, and harms nobody', 'shares a pool of five connections, and holds one for 200 ms'];

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    soak: { type: 'boolean', default: false },
    hour: { type: 'boolean', default: false },
    part: { type: 'string' },
  },
});
const runFile = promisify(execFile);

/** Runs a program of the folder `launch` in a process of its own, and answers what it prints. */
async function run<Result>(program: string, args: readonly (string | number)[] = []): Promise<Result> {
  const path = await bundleProgram(new URL(`./launch/${program}.ts`, import.meta.url));
  const { stdout } = await runFile(process.execPath, ['--expose-gc', path, ...args.map(String)], {
    env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
    timeout: 4_000_000,
  });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null') as Result;
}

const PARTS: Readonly<Record<string, () => Promise<string>>> = {
  overhead,
  copies,
  harm,
  curve,
  noticed,
  beside,
  merging,
};
const wanted = options.soak ? [soak] : options.part ? [PARTS[options.part] ?? unknownPart] : Object.values(PARTS);

const parts = [describeMachine()];
for (const measure of wanted) parts.push(await measure());
const report = parts.join('\n\n');
mkdirSync(RESULTS_FOLDER, { recursive: true });
writeFileSync(
  `${RESULTS_FOLDER}launch${options.soak ? '-soak' : options.part ? `-${options.part}` : ''}.md`,
  `${report}\n`,
);
process.stdout.write(`${report}\n`);

function unknownPart(): never {
  throw new Error(`There is no part "${options.part}"; there are ${Object.keys(PARTS).join(', ')}.`);
}

function verdict(reached: boolean): string {
  return reached ? 'reached' : 'short';
}

/** Each way in a process of its own, in turns. */
async function overhead(): Promise<string> {
  const ways = [
    'the function itself',
    'launch, off',
    'launch, off for this one',
    'launch, live',
    'tzientist, not enabled',
    'scientist, not sampled',
  ];
  const asyncWays = ['the async function itself', ...ways.slice(1).map((way) => `${way}, async`)];
  const all = [...ways, ...asyncWays];
  const measured = new Map<string, { ns: number[]; retained: number[] }>(
    all.map((way) => [way, { ns: [], retained: [] }]),
  );
  for (let round = 0; round < (options.quick ? 1 : 5); round++) {
    for (const way of all) {
      const { ns, retained } = await run<{ ns: number; retained: number }>('overhead-program', [way]);
      measured.get(way)?.ns.push(ns);
      measured.get(way)?.retained.push(retained);
    }
  }
  const nsOf = (way: string) => median(measured.get(way)?.ns ?? []);
  const rows = all.map((way) => {
    const isAsync = asyncWays.includes(way);
    const more = nsOf(way) - nsOf(isAsync ? 'the async function itself' : 'the function itself');
    const goal = isAsync ? ASYNC_GOAL_NS : SYNC_GOAL_NS;
    const isOurs = way.startsWith('launch');
    const retained = median(measured.get(way)?.retained ?? []);
    return [
      way,
      readable(nsOf(way)),
      readable(more),
      retained.toFixed(3),
      isOurs ? `≤ ${goal}` : '',
      isOurs ? verdict(more <= goal) : '',
    ];
  });
  return `CPU nanoseconds a call, median of processes\n\n${markdownTable(['way', 'ns', 'over the function', 'bytes kept', 'goal', ''], rows)}`;
}

interface Quantiles {
  readonly p50: number;
  readonly p99: number;
}

/** What the caller waits for longer where the call is in the dark, by what it is given and answers. */
async function copies(): Promise<string> {
  interface Copied {
    readonly first: Quantiles;
    readonly warm: Quantiles;
    readonly shadowed: number;
  }
  const rows: string[][] = [];
  for (const name of Object.keys(COPIED)) {
    const { first, warm, shadowed } = await run<Copied>('copies-program', [name, options.quick ? 2_000 : 20_000]);
    const figures = [first.p50, warm.p50, warm.p99].map((ms) => ms.toFixed(3));
    rows.push([name, `${(100 * shadowed).toFixed(0)} %`, ...figures, verdict(warm.p99 <= COPY_GOAL_MS)]);
  }
  const header = [
    'given and answered',
    'calls with a shadow',
    'first 60 calls, p50',
    'p50',
    'p99',
    `≤ ${COPY_GOAL_MS}`,
  ];
  return `What a launch in the dark costs the caller beyond one that is off for this caller, ms, by turns in one process\n\n${markdownTable(header, rows)}`;
}

interface Step {
  readonly fromS: number;
  readonly share: number;
  readonly p50: number;
  readonly p99: number;
}

/** How many calls have a shadow as time goes on, and what the callers feel. */
async function curve(): Promise<string> {
  const seconds = options.quick ? 60 : 240;
  const curves: Step[][] = [];
  for (const name of CURVES) curves.push(await run<Step[]>('curve-program', [name, seconds]));
  const rows = (curves[0] ?? []).map(({ fromS }, index) => [
    `${fromS} s`,
    ...curves.flatMap((steps) => {
      const step = steps[index];
      return step ? [`${(100 * step.share).toFixed(1)} %`, step.p50.toFixed(2), step.p99.toFixed(2)] : ['', '', ''];
    }),
  ]);
  const header = ['from', ...CURVES.flatMap((name) => [`${name}: calls with a shadow`, 'p50', 'p99'])];
  return `The brake at work: 100 calls a second from the first one on, callers' latency in ms\n\n${markdownTable(header, rows)}`;
}

/** When harm is noticed by real clients, from the first call on; and how often of candidates that do none. */
async function noticed(): Promise<string> {
  interface Noticed extends Quantiles {
    readonly noticedS: readonly number[];
    readonly felt: number;
  }
  const rows: string[][] = [];
  for (const name of Object.keys(EFFECTS)) {
    const isHarmless = name.startsWith('none');
    const seconds = isHarmless && options.hour ? 3_600 : options.quick ? 60 : 240;
    const launches = 4;
    const { noticedS, felt, p50, p99 } = await run<Noticed>('noticed-program', [name, seconds, launches]);
    const all = Array.from({ length: launches }, (_, index) => noticedS[index]);
    const shown = all.map((s) => (s === undefined ? 'no' : s.toFixed(0))).join(', ');
    rows.push([name, `${seconds}`, shown, `${(100 * felt).toFixed(1)} %`, p50.toFixed(2), p99.toFixed(2)]);
  }
  const header = ['while a shadow runs', 'seconds', 'noticed after, s', 'calls beside a shadow', 'p50, ms', 'p99, ms'];
  return `Four launches of one client, 100 calls a second each, control p50 2 ms and p99 5 ms, shadows of 30 ms: when they were stopped, and what callers waited for meanwhile\n\n${markdownTable(header, rows)}`;
}

interface Harm {
  readonly calls: number;
  readonly begun: number;
  /** Until nearly all calls had a shadow, s; absent if they never had. */
  readonly allAfterS?: number;
  readonly alone: Quantiles;
  readonly beside: Quantiles;
}

async function harm(): Promise<string> {
  const rows: string[][] = [];
  for (const name of Object.keys(HARMFUL)) {
    const turns = options.quick ? [2, 10] : [5, 12];
    const { calls, begun, allAfterS, alone, beside } = await run<Harm>('harm-program', [name, ...turns]);
    const ratios = [beside.p50 / alone.p50, beside.p99 / alone.p99] as const;
    const figures = [alone.p50, beside.p50, ratios[0], alone.p99, beside.p99, ratios[1]];
    rows.push([
      name,
      readable(calls),
      begun.toLocaleString('en-GB'),
      allAfterS === undefined ? '' : allAfterS.toFixed(0),
      ...figures.map((figure) => figure.toFixed(2)),
      verdict(ratios[0] <= HARM_GOALS.p50 && ratios[1] <= HARM_GOALS.p99),
    ]);
  }
  const header = [
    'the candidate',
    'calls',
    'shadows',
    'all after, s',
    'p50 alone',
    'p50',
    `times (≤ ${HARM_GOALS.p50})`,
    'p99 alone',
    'p99',
    `times (≤ ${HARM_GOALS.p99})`,
    '',
  ];
  return `Callers' latency, ms, without and beside a harmful candidate, by turns in one process, its first second included; 100 calls a second, defaults\n\n${markdownTable(header, rows)}`;
}

async function beside(): Promise<string> {
  const names = await run<string[]>('beside-program', ['--names']);
  const times = new Map<string, { p50: number[]; p99: number[] }>(names.map((name) => [name, { p50: [], p99: [] }]));
  for (let round = 0; round < (options.quick ? 1 : 3); round++) {
    for (const name of names) {
      const { p50, p99 } = await run<{ p50: number; p99: number }>('beside-program', [name, options.quick ? 30 : 100]);
      times.get(name)?.p50.push(p50);
      times.get(name)?.p99.push(p99);
    }
  }
  const rows = names.map((name) => {
    const { p50 = [], p99 = [] } = times.get(name) ?? {};
    return [name, readable(median(p50)), readable(median(p99))];
  });
  return `The caller's latency, ms, where control takes 5 ms and the candidate 50\n\n${markdownTable(['tool', 'p50', 'p99'], rows)}`;
}

async function merging(): Promise<string> {
  const { ms } = await run<{ ms: number }>('merge-program');
  return `Merging a minute of 1,000 instances on the server: ${readable(ms)} ms (≤ ${MERGE_GOAL_MS}: ${verdict(ms <= MERGE_GOAL_MS)})`;
}

async function soak(): Promise<string> {
  const calls = options.quick ? 1_000_000 : 10_000_000;
  const { shadows, differing, seconds, heap } = await run<{
    shadows: number;
    differing: number;
    seconds: number;
    heap: number[];
  }>('soak-program', [calls]);
  const samples = heap.map((megabytes) => megabytes.toFixed(1)).join(', ');
  return `${shadows.toLocaleString('en-GB')} shadows (${differing.toLocaleString('en-GB')} differing) in ${seconds.toFixed(0)} s; used heap after each tenth, MB: ${samples}`;
}
