/**
 * What holds in the quick group besides: nobody starts a process. Browsers, PostgreSQL and builds are processes as well, so
 * none of them is in it, whatever a test takes in, and however late.
 */
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { expect } from 'vitest';

const STARTS = ['spawn', 'fork', 'exec', 'execFile', 'spawnSync', 'execSync', 'execFileSync'] as const;

function refuse(): never {
  const file = expect.getState().testPath;
  throw new Error(
    `A test of the quick group starts a process: call ${file} *.process.test.ts, as CONTRIBUTING.md says.`,
  );
}

for (const name of STARTS) childProcess[name] = refuse as never;
syncBuiltinESMExports();
