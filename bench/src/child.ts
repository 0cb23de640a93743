/** One job in a process of its own: it is given as JSON in the first argument, the result is printed as JSON. */
import { readFileSync, writeFileSync } from 'node:fs';
import { findWrongAnswer } from './answers.ts';
import type { Job, LoadResult, RunResult } from './job.ts';
import { loadPlans } from './load-plans.ts';
import { measureBytesPerCall, measureCpuNs } from './measure.ts';
import { findParticipant } from './participants.ts';
import { questionOf } from './question.ts';
import { findScenario } from './scenarios.ts';
import { makeManyFlags, makePeople } from './workload.ts';

const job = JSON.parse(process.argv[2] ?? '') as Job;
const result = await run(job);
process.stdout.write(`\n${JSON.stringify(result)}\n`, () => process.exit(0));

async function run(job: Job): Promise<unknown> {
  switch (job.kind) {
    case 'evaluate':
      return evaluate(job);
    case 'write':
      return write(job);
    case 'load':
      return load(job);
    case 'parse':
      return parse(job);
  }
}

async function evaluate(job: Extract<Job, { kind: 'evaluate' }>): Promise<RunResult | null> {
  const scenario = findScenario(job.scenario);
  const library = await findParticipant(job.participant).library();
  const people = makePeople();
  const loaded = await loadPlans(library, scenario.plans(), people, job.sinkUrl);
  if (!loaded) return null;
  const question = questionOf(scenario, loaded);
  const wrong = await findWrongAnswer(scenario, question, people);
  if (wrong) throw new Error(`${job.participant} answers scenario ${scenario.key} wrongly: ${wrong}`);
  const value = job.bytes
    ? await measureBytesPerCall(question, scenario.counted)
    : await measureCpuNs(question, scenario.counted, job.pace);
  await loaded.close();
  return { value };
}

async function write(job: Extract<Job, { kind: 'write' }>): Promise<{ bytes: number } | null> {
  const library = await findParticipant(job.participant).library();
  const text = library.text(makeManyFlags(job.flags));
  if (text === null) return null;
  writeFileSync(job.path, text);
  return { bytes: Buffer.byteLength(text) };
}

/** From text in memory to a library that answers, in a process that has done nothing yet, as at a start. */
async function load(job: Extract<Job, { kind: 'load' }>): Promise<LoadResult> {
  const library = await findParticipant(job.participant).library();
  const people = makePeople(1);
  const heapBefore = settledHeap();
  const holder = { text: readFileSync(job.path, 'utf8') };
  const start = process.cpuUsage();
  const loaded = await library.load({ text: holder.text, path: job.path, people, sinkUrl: job.sinkUrl });
  await loaded.enabled('flag-00000')(0);
  const readyMs = cpuMsSince(start);
  holder.text = '';
  const readyBytes = settledHeap() - heapBefore;
  // Made only now: whatever is made before has already enlarged the young generation, and loading would seem cheaper.
  const keys = [...makeManyFlags(job.flags).keys()];
  const heapOfKeys = settledHeap() - heapBefore - readyBytes;
  const startAll = process.cpuUsage();
  await loaded.all(keys)(0);
  const allMs = cpuMsSince(startAll);
  const allBytes = settledHeap() - heapBefore - heapOfKeys;
  await loaded.close();
  return { readyMs, readyMb: readyBytes / 1e6, allMs, allMb: allBytes / 1e6 };
}

/** `JSON.parse` alone, after the same preparations as in `load`. */
async function parse(job: Extract<Job, { kind: 'parse' }>): Promise<RunResult> {
  await findParticipant(job.participant).library();
  makePeople(1);
  settledHeap();
  const text = readFileSync(job.path, 'utf8');
  const start = process.cpuUsage();
  const parsed: unknown = JSON.parse(text);
  const value = cpuMsSince(start);
  if (typeof parsed !== 'object') throw new Error(`${job.path} holds no object`);
  return { value };
}

function cpuMsSince(start: NodeJS.CpuUsage): number {
  const spent = process.cpuUsage(start);
  return (spent.user + spent.system) / 1_000;
}

function settledHeap(): number {
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
