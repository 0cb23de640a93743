import { setFlagsFromString } from 'node:v8';

// Why: decision 0172.
/** How far what is old may grow beyond what was in use at the last collection of everything, in percent. */
const MOST_GARBAGE_PERCENT = 40;

/**
 * Has V8 collect everything before the garbage is more than a part of what is in use. By itself it lets a small heap
 * grow to four times its size, which is what a flood leaves behind: connections that closed long ago. The setting is
 * looked at after each collection, so that it may be made while the program runs; a V8 without it says so and goes on.
 */
export function limitGarbage(): void {
  setFlagsFromString(`--heap-growing-percent=${MOST_GARBAGE_PERCENT}`);
}
