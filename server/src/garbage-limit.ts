import { setFlagsFromString } from 'node:v8';

// Why: decision 0172.
/** How far the old generation may grow beyond what was in use at the last full collection, in percent. */
const MOST_GARBAGE_PERCENT = 40;

/**
 * Garbage-collector tuning: has V8 do a full collection before garbage is more than a part of what is in use. By
 * default it lets a small heap grow to four times its size, and a flood leaves connections behind that closed long ago.
 * V8 reads the setting after each collection, so it can be made while the program runs; a V8 without it says so and
 * goes on.
 */
export function limitGarbage(): void {
  setFlagsFromString(`--heap-growing-percent=${MOST_GARBAGE_PERCENT}`);
}
