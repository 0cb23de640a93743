/** Once for all files: gives the run a name, below which they share what they build, and removes that at the end. */
import { randomUUID } from 'node:crypto';
import { removeRun } from './build-once.ts';

export default function setUp(): (() => Promise<void>) | undefined {
  // Each project of the tests calls it.
  if (process.env.DIMMER_TEST_RUN !== undefined) return undefined;
  const run = randomUUID();
  // The processes that run the files inherit it.
  process.env.DIMMER_TEST_RUN = run;
  return () => removeRun(run);
}
