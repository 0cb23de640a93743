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

/** Candidates that no caller may feel. */
export const HARMFUL: Readonly<Record<string, () => Promise<number>>> = {
  [NOTHING]: async () => 1,
  'hangs for ever': () => new Promise(() => {}),
  throws: async () => {
    throw new Error('broken');
  },
  'rejects after its time': async () => {
    await delay(6_000);
    throw new Error('late');
  },
  'allocates 100 MB': async () => new Array(LARGE_ITEMS).fill(1).length,
  'takes 100 times the CPU': async () => {
    spin(100 * CONTROL_CPU_MS);
    return 1;
  },
  'waits 100 times as long': async () => {
    await delay(100 * CONTROL_MS);
    return 1;
  },
  'blocks for 200 ms': async () => {
    spin(200);
    return 1;
  },
};
