/** Shadows in Node: known to all that they await, deferred behind what waits, held back when memory runs short. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { getHeapStatistics } from 'node:v8';
import type { ShadowWorld } from '@dimmer/client';
import { createBlockWatch } from './watch-blocks.ts';

/**
 * Where the one of this process is kept, for all clients, so that each knows of the others' shadows: also those of a
 * second copy of this package, as where one part of a program imports it and another requires it.
 */
const STORAGE = Symbol.for('@dimmer/node: inside a shadow');
const shared = globalThis as { [STORAGE]?: AsyncLocalStorage<Store> };

/** What a shadow is known by; another copy of this package may say `true`. */
type Store = true | { readonly charge: (blockedMs: number) => void };

/** What is charged to nobody. */
const FREE = { charge() {} };

/** @param maxShadows of all flags, under way at once */
export function createNodeShadows(maxShadows: number): ShadowWorld {
  const blocks = createBlockWatch(() => {
    const store = shared[STORAGE]?.getStore();
    return typeof store === 'object' ? store : undefined;
  });
  return {
    clock: () => performance.now(),
    defer: (run) => void setImmediate(run),
    shadowed(code, charge) {
      // Made with the first shadow: as long as there is none, no promise of the host pays for it.
      shared[STORAGE] ??= new AsyncLocalStorage();
      return shared[STORAGE].run(charge ? { charge } : FREE, code);
    },
    watch: blocks.watch,
    inShadow: () => shared[STORAGE]?.getStore() !== undefined,
    defersAtOnce: true,
    cpu,
    heapPercent,
    maxShadows,
  };
}

/** Of the whole process: exact while nothing else runs, which holds for synchronous code but for other threads. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function heapPercent(): number {
  const { used_heap_size: used, heap_size_limit: limit } = getHeapStatistics();
  return (used / limit) * 100;
}
