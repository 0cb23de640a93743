/**
 * Runs the code that copies before callers need it, so that the engine has compiled it: a cold copy takes five times as
 * long, and values that are not large would be refused for it. Why: decision 0160.
 */
import { copyValue } from './copy-value.ts';

/** At a stretch, ms; so long apart, ms; and in all. After so many the engine has done what it will, on Node 20 and later. */
const STRETCH_MS = 0.5;
const APART_MS = 10;
const COPIES = 260;

let left = COPIES;
let isBegun = false;

/** Whether it is going on. */
export function isWarming(): boolean {
  return isBegun && left > 0;
}

/**
 * Begins it, once in a process.
 *
 * @param clock ms
 * @param after a timer that does not keep the process alive
 */
export function warmCopies(clock: () => number, after: (delayMs: number, run: () => void) => unknown): void {
  if (isBegun) return;
  isBegun = true;
  const value = ofAllKinds();
  const isOver = () => false;
  const goOn = (): void => {
    const began = clock();
    while (left > 0 && clock() - began < STRETCH_MS) copyValue(value, { toLook: left-- % 2 === 0, isOver });
    if (left > 0) after(APART_MS, goOn);
  };
  after(0, goOn);
}

class Instance {
  readonly id: number;
  readonly price = { amount: 1, currency: 'EUR' };

  constructor(id: number) {
    this.id = id;
  }
}

/** A few of each, as calls are given and answer. */
function ofAllKinds(): unknown {
  const names = ['a', 'b', 'c', 'd', 'e', 'f'];
  return {
    rows: names.map((name, row) => Object.fromEntries(names.map((field) => [field, row % 2 ? name : row]))),
    instances: [new Instance(1), new Instance(2), new Instance(3)],
    map: new Map<string, unknown>(names.map((name) => [name, { name }])),
    set: new Set<unknown>(names),
    at: new Date(0),
    error: new Error('none'),
    bytes: new Uint8Array(8),
    none: undefined,
    nested: { list: [1, [2, null]], text: 'text', big: 1n },
  };
}
