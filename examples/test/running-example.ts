import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { vi } from 'vitest';

type Variables = Readonly<Record<string, string>>;

const EXAMPLES = new URL('../', import.meta.url);

/** One of the examples as a process. */
export class RunningExample {
  readonly #process: ChildProcess;
  #output = '';

  /**
   * @param script below `examples/`, e.g. `node-hello/main.ts`, which is started as its head comment says; or the path of
   *   one that was built
   */
  constructor(script: string, variables: Variables, args: readonly string[] = []) {
    const isSource = script.endsWith('.ts');
    const program = isSource ? ['--import', 'tsx', fileURLToPath(new URL(script, EXAMPLES))] : [script];
    this.#process = spawn(process.execPath, [...program, ...args], {
      env: { ...process.env, ...variables },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
  }

  /** All that it has printed so far. */
  get output(): string {
    return this.#output;
  }

  /** Waits until it has printed this. @returns the match. */
  async printed(pattern: RegExp): Promise<RegExpExecArray> {
    return vi.waitFor(() => {
      const match = pattern.exec(this.#output);
      if (!match) throw new Error(`${pattern} has not been printed yet, only:\n${this.#output}`);
      return match;
    });
  }

  /** Waits until it has ended by itself. @returns its exit code. */
  async ended(): Promise<number | null> {
    if (this.#process.exitCode === null && this.#process.signalCode === null) await once(this.#process, 'exit');
    return this.#process.exitCode;
  }

  /** Ends it as Ctrl-C does. @returns its exit code. */
  stop(): Promise<number | null> {
    this.#process.kill('SIGINT');
    return this.ended();
  }
}

/** Runs one of the examples' shell scripts. @throws Error with its output if one of its calls was refused. */
export async function runShell(script: string, variables: Variables, args: readonly string[] = []): Promise<void> {
  const path = fileURLToPath(new URL(script, EXAMPLES));
  await promisify(execFile)('sh', [path, ...args], { env: { ...process.env, ...variables } });
}
