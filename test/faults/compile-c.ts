import { execFile } from 'node:child_process';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Compiles a C file into a library for LD_PRELOAD. Resolves with its path. */
export async function compileC(source: string, folder: string): Promise<string> {
  const library = join(folder, `${basename(source, '.c')}.so`);
  await run('gcc', ['-shared', '-fPIC', '-O1', '-Wall', '-Werror', '-o', library, source, '-ldl']);
  return library;
}
