import { setTimeout as delay } from 'node:timers/promises';

const CONTROL_CPU_MS = 0.05;
const CONTROL_MS = 2;
const LARGE_ITEMS = 12_500_000;

/** Keeps the event loop busy. */
function spin(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Some work, and a call to a service that is near. */
export async function control(): Promise<number> {
  spin(CONTROL_CPU_MS);
  await delay(CONTROL_MS);
  return 1;
}

/** Compared to itself: how far two turns of the same differ. */
export const NOTHING = '(none, twice: the noise)';

/** Code that harms in one way or another, beside `control` unless there is another one. */
export interface Harmful {
  readonly candidate: () => Promise<unknown>;
  readonly control?: () => Promise<unknown>;
  readonly input?: unknown;
  readonly compare?: () => boolean;
}

const FIELDS = Array.from({ length: 400 }, (_, row) =>
  Object.fromEntries(Array.from({ length: 30 }, (_, column) => [`field${column}`, `value ${row}.${column}`])),
);

/** Five connections, as a pool has them; whoever finds none waits. */
function createPool(): <Result>(use: () => Promise<Result>) => Promise<Result> {
  let free = 5;
  const waiting: (() => void)[] = [];
  return async (use) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await use();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
const pool = createPool();

/** Candidates that no caller may feel. */
export const HARMFUL: Readonly<Record<string, Harmful>> = {
  [NOTHING]: { candidate: async () => 1 },
  'waits 50 ms, and harms nobody': {
    candidate: async () => {
      await delay(50);
      return 1;
    },
  },
  'hangs for ever': { candidate: () => new Promise(() => {}) },
  throws: {
    candidate: async () => {
      throw new Error('broken');
    },
  },
  'rejects after its time': {
    candidate: async () => {
      await delay(6_000);
      throw new Error('late');
    },
  },
  'allocates 100 MB': { candidate: async () => new Array(LARGE_ITEMS).fill(1).length },
  'takes 100 times the CPU': {
    candidate: async () => {
      spin(100 * CONTROL_CPU_MS);
      return 1;
    },
  },
  'waits 100 times as long': {
    candidate: async () => {
      await delay(100 * CONTROL_MS);
      return 1;
    },
  },
  'blocks for 200 ms': {
    candidate: async () => {
      spin(200);
      return 1;
    },
  },
  'awaits, then blocks for 10 ms': {
    candidate: async () => {
      await delay(1);
      spin(10);
    },
  },
  'awaits, then blocks for 200 ms': {
    candidate: async () => {
      await null;
      spin(200);
    },
  },
  'blocks for 2 ms in each of ten turns': {
    candidate: async () => {
      for (let turn = 0; turn < 10; turn++) {
        spin(2);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  },
  'awaits 20 ms long without letting anybody in': {
    candidate: async () => {
      const end = performance.now() + 20;
      while (performance.now() < end) await null;
    },
  },
  'starts a hundred timers': { candidate: async () => Promise.all(Array.from({ length: 100 }, () => delay(5))) },
  'has an input of 12,000 fields': { input: FIELDS, candidate: async () => 1 },
  'has a result of 12,000 fields': { control: async () => FIELDS, candidate: async () => structuredClone(FIELDS) },
  'is compared for 20 ms': {
    candidate: async () => 1,
    compare: () => {
      spin(20);
      return true;
    },
  },
  'shares a pool of five connections, and holds one for 200 ms': {
    control: () => pool(() => delay(CONTROL_MS)),
    candidate: () => pool(() => delay(200)),
  },
};
