/** Shadows in Node: known to all that they await, deferred behind what waits, held back when memory runs short. */
import { AsyncLocalStorage } from 'node:async_hooks';
import { getHeapStatistics } from 'node:v8';
import type { ShadowWorld } from '@dimmer/client';

/**
 * Where the one of this process is kept, for all clients, so that each knows of the others' shadows: also those of a
 * second copy of this package, as where one part of a program imports it and another requires it.
 */
const STORAGE = Symbol.for('@dimmer/node: inside a shadow');
const shared = globalThis as { [STORAGE]?: AsyncLocalStorage<true> };

/** @param maxShadows of all flags, under way at once */
export function createNodeShadows(maxShadows: number): ShadowWorld {
  return {
    clock: () => performance.now(),
    defer: (run) => void setImmediate(run),
    shadowed(code) {
      // Made with the first shadow: as long as there is none, no promise of the host pays for it.
      shared[STORAGE] ??= new AsyncLocalStorage();
      return shared[STORAGE].run(true, code);
    },
    inShadow: () => shared[STORAGE]?.getStore() === true,
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
