/** The caller's latency where the candidate takes ten times as long, by one tool; argument: which. */
import { setTimeout as delay } from 'node:timers/promises';
import {
  createMigration,
  init,
  LDConcurrentExecution,
  LDExecutionOrdering,
  LDMigrationStage,
  LDMigrationSuccess,
  LDSerialExecution,
} from '@launchdarkly/node-server-sdk';
// @ts-expect-error: it comes without types
import Scientist from 'scientist';
import { experimentAsync } from 'tzientist';
import { percentile } from '../measure.ts';
import { clientWith } from './launching-client.ts';

const CONTROL_MS = 5;
const CANDIDATE_MS = 50;
const CALLS = Number(process.argv[3] ?? 100);

const old = async () => {
  await delay(CONTROL_MS);
  return { price: 1 };
};
const renewed = async () => {
  await delay(CANDIDATE_MS);
  return { price: 1 };
};

interface Price {
  readonly price: number;
}

function launchDarkly(execution: LDSerialExecution | LDConcurrentExecution) {
  const client = init('sdk-key', { offline: true });
  const write = async () => LDMigrationSuccess(true);
  const migration = createMigration(client, {
    execution,
    latencyTracking: true,
    errorTracking: true,
    check: (one: Price, other: Price) => one.price === other.price,
    writeOld: write,
    writeNew: write,
    readOld: async () => LDMigrationSuccess(await old()),
    readNew: async () => LDMigrationSuccess(await renewed()),
  });
  return () => migration.read('bench', { kind: 'user', key: 'user-1' }, LDMigrationStage.Shadow);
}

const TOOLS: Readonly<Record<string, () => () => Promise<unknown>>> = {
  'control alone': () => old,
  'Dimmer, dark': () => {
    const flags = clientWith({ price: 'dark' }, { maxInFlight: 1_000 });
    return () => flags.launch('price', { targetingKey: 'user-1' }, { control: old, candidate: renewed });
  },
  tzientist: () => experimentAsync({ name: 'bench', control: old, candidate: renewed, options: { publish: () => {} } }),
  'tzientist, in parallel': () =>
    experimentAsync({
      name: 'bench',
      control: old,
      candidate: renewed,
      options: { publish: () => {}, inParallel: true },
    }),
  scientist: () => {
    const lab = new Scientist();
    lab.on('result', () => {});
    return () =>
      lab.science('bench', (one: Record<'use' | 'try' | 'async', (given: unknown) => void>) => {
        one.async(true);
        one.use(old);
        one.try(renewed);
      });
  },
  'LaunchDarkly, shadow, concurrent': () => launchDarkly(new LDConcurrentExecution()),
  'LaunchDarkly, shadow, serial': () => launchDarkly(new LDSerialExecution(LDExecutionOrdering.Fixed)),
};

if (process.argv[2] === '--names') {
  process.stdout.write(`${JSON.stringify(Object.keys(TOOLS))}\n`, () => process.exit(0));
} else {
  const call = TOOLS[process.argv[2] ?? '']?.();
  if (!call) throw new Error(`There is no tool "${process.argv[2]}".`);
  const times: number[] = [];
  for (let round = 0; round < CALLS; round++) {
    const began = performance.now();
    await call();
    times.push(performance.now() - began);
  }
  const figures = { p50: percentile(times, 0.5), p99: percentile(times, 0.99) };
  process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit(0));
}
