import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { bundleProgram } from './bundle.ts';
import type { Job, LoadResult, RunResult } from './job.ts';

// Why: decision 0040.
const runFile = promisify(execFile);

/** Runs jobs, each in a new process. */
export class Children {
  readonly #program: string;

  private constructor(program: string) {
    this.#program = program;
  }

  static async prepare(): Promise<Children> {
    return new Children(await bundleProgram(new URL('./child.ts', import.meta.url)));
  }

  /** Runs one job in a process of its own; null if the participant cannot express it. Throws what the child threw. */
  async run(job: Extract<Job, { kind: 'write' }>): Promise<{ bytes: number } | null>;
  async run(job: Extract<Job, { kind: 'load' }>): Promise<LoadResult>;
  async run(job: Extract<Job, { kind: 'evaluate' }>): Promise<RunResult | null>;
  async run(job: Extract<Job, { kind: 'parse' }>): Promise<RunResult>;
  async run(job: Job): Promise<unknown> {
    const { stdout } = await runFile(process.execPath, [...flagsFor(job), this.#program, JSON.stringify(job)], {
      env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
      maxBuffer: 64 << 20,
      timeout: 120_000,
    });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null');
  }
}

/** Timing runs with Node's own settings; only what measures memory asks for more. */
function flagsFor(job: Job): string[] {
  if (job.kind === 'load' || job.kind === 'parse') return ['--expose-gc'];
  // 128 MiB of young generation: nothing is collected during the calls that are measured.
  if (job.kind === 'evaluate' && job.bytes) {
    return ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128'];
  }
  return [];
}
