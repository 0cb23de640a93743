/** Applications in processes of their own, for what a process decides: its environment, its end, all that it says. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { builtModule } from '../built.ts';

/** What an application has said and done. */
export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

/**
 * Runs a program, which finds `createClient` in scope, until it ends. A rejection that nobody handles ends it with an
 * error.
 */
export async function runApplication(program: string, environment: Record<string, string> = {}): Promise<Ended> {
  const text = `import { createClient } from '${await builtModule('sdk-node/src/index.ts')}';\n${program}`;
  const child = spawn(process.execPath, ['--unhandled-rejections=throw', '--input-type=module', '-e', text], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (piece) => (stdout += piece));
  child.stderr.on('data', (piece) => (stderr += piece));
  const [code] = await once(child, 'close');
  return { stdout, stderr, code };
}
