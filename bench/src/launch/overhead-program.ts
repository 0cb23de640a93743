/** CPU time and memory of one way to call a function, in a process of its own; argument: which. */
// @ts-expect-error: it comes without types
import Scientist from 'scientist';
import { experiment, experimentAsync } from 'tzientist';
import { median } from '../measure.ts';
import { clientWith, type Stage } from './launching-client.ts';

const WARM_UP_CALLS = 300_000;
const CALLS = 300_000;
const BATCHES = 7;

let sum = 0;
const context = { targetingKey: 'user-12345' };
const add = () => ++sum;
const addLater = async () => ++sum;

const flags = clientWith({ off: 'off', split: 'split', live: 'live' });
const launch = (stage: Stage) => () => flags.launch(stage, context, { control: add, candidate: add });
const launchLater = (stage: Stage) => () => flags.launch(stage, context, { control: addLater, candidate: addLater });

const disabled = { name: 'bench', options: { enabled: () => false } };
const tzientist = experiment({ ...disabled, control: add, candidate: add });
const tzientistLater = experimentAsync({ ...disabled, control: addLater, candidate: addLater });

const scientist = new Scientist();
scientist.sample(() => false);
const withScientist = (code: () => unknown, isAsync: boolean) => () =>
  scientist.science('bench', (one: Record<'use' | 'try' | 'async', (given: unknown) => void>) => {
    one.async(isAsync);
    one.use(code);
    one.try(code);
  });

const WAYS: Readonly<Record<string, () => unknown>> = {
  'the function itself': add,
  'launch, off': launch('off'),
  'launch, off for this one': launch('split'),
  'launch, live': launch('live'),
  'tzientist, not enabled': tzientist,
  'scientist, not sampled': withScientist(add, false),
  'the async function itself': addLater,
  'launch, off, async': launchLater('off'),
  'launch, off for this one, async': launchLater('split'),
  'launch, live, async': launchLater('live'),
  'tzientist, not enabled, async': tzientistLater,
  'scientist, not sampled, async': withScientist(addLater, true),
};

const name = process.argv[2] ?? '';
const way = WAYS[name];
if (!way) throw new Error(`There is no way "${name}".`);
const isAsync = name.includes('async');

async function run(calls: number): Promise<void> {
  if (isAsync) for (let call = 0; call < calls; call++) await way?.();
  else for (let call = 0; call < calls; call++) way?.();
}

function usedHeap(): number {
  for (let time = 0; time < 3; time++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

await run(WARM_UP_CALLS);
const heapBefore = usedHeap();
const samples: number[] = [];
for (let batch = 0; batch < BATCHES; batch++) {
  const before = process.cpuUsage();
  await run(CALLS);
  const { user, system } = process.cpuUsage(before);
  samples.push(((user + system) * 1_000) / CALLS);
}
const retained = (usedHeap() - heapBefore) / (CALLS * BATCHES);
process.stdout.write(`${JSON.stringify({ ns: median(samples), retained, sum })}\n`, () => process.exit(0));
