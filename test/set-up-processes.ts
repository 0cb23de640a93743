/**
 * What holds in the quick group besides: nobody starts a process. Browsers, PostgreSQL and builds are processes as well, so
 * none of them is in it, whatever a test takes in, and however late.
 */
import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';
import { expect } from 'vitest';
import { isWhole } from './where.ts';

const STARTS = ['spawn', 'fork', 'exec', 'execFile', 'spawnSync', 'execSync', 'execFileSync'] as const;
/** Files of both groups share a process, and this is run again for each. */
const REAL = Symbol.for('dimmer.processes');
const shared = globalThis as { [REAL]?: Pick<typeof childProcess, (typeof STARTS)[number]> };
shared[REAL] ??= { ...childProcess };

function refuse(): never {
  const file = expect.getState().testPath;
  throw new Error(
    `A test of the quick group starts a process: call ${file} *.process.test.ts, as CONTRIBUTING.md says.`,
  );
}

const mayStart = isWhole(expect.getState().testPath ?? '');
for (const name of STARTS) childProcess[name] = (mayStart ? shared[REAL][name] : refuse) as never;
syncBuiltinESMExports();
