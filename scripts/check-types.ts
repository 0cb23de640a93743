/**
 * `npm run types`: everything once with all types there are, and the sources of each package once more with the types
 * of their own runtime alone, so that core and client cannot use what only Node or only a page has.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';

const root = new URL('..', import.meta.url).pathname;
const projects = [
  '.',
  ...readdirSync(root).filter((folder) => folder !== 'node_modules' && existsSync(`${root}${folder}/tsconfig.json`)),
];

const compile = (project: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const known = `${root}node_modules/.cache/types/${project === '.' ? 'all' : project}.tsbuildinfo`;
    const tsc = spawn(
      `${root}node_modules/.bin/tsc`,
      // What has not changed since the last time is not looked at again.
      ['-p', project, '--incremental', '--tsBuildInfoFile', known],
      { cwd: root, stdio: 'inherit' },
    );
    tsc.once('error', reject);
    tsc.once('exit', (code) => resolve(code ?? 1));
  });

// One after the other: each takes a second, and compiles on all cores.
let failed = 0;
for (const project of projects) if ((await compile(project)) !== 0) failed++;
process.exitCode = failed > 0 ? 1 : 0;
