/** What is on the heap, and not garbage. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Collects what nobody holds any more. */
export function freeMemory(): void {
  collect();
  collect();
}

/** Bytes that are held, in the heap and in buffers. */
export function heapBytes(): number {
  freeMemory();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
