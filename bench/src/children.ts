import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { Job, LoadResult, RunResult } from './job.ts';

const runFile = promisify(execFile);

/** Below node_modules, so that the peers are found from there and no tool looks at it. */
const OUT_DIR = fileURLToPath(new URL('../../node_modules/.cache/dimmer-bench/', import.meta.url));

/**
 * The process that measures, bundled first: our own packages as they are published, and no loader in the process.
 * (tsx keeps function names by wrapping every closure, which a product made of closures pays for.)
 */
export class Children {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  static async prepare(): Promise<Children> {
    mkdirSync(OUT_DIR, { recursive: true });
    await build({
      entryPoints: [fileURLToPath(new URL('./child.ts', import.meta.url))],
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'node20',
      outdir: OUT_DIR,
      outExtension: { '.js': '.mjs' },
      // A participant's chunk, and with it its library, is imported only by the process that runs it.
      splitting: true,
      // Everything from the registry stays as its makers ship it; what starts with @dimmer/ is ours.
      plugins: [{ name: 'peers-as-shipped', setup: leaveOutPackages }],
    });
    return new Children(`${OUT_DIR}child.mjs`);
  }

  /** Runs one job in a process of its own; null if the participant cannot express it. Throws what the child threw. */
  async run(job: Extract<Job, { kind: 'write' }>): Promise<{ bytes: number } | null>;
  async run(job: Extract<Job, { kind: 'load' }>): Promise<LoadResult>;
  async run(job: Extract<Job, { kind: 'evaluate' }>): Promise<RunResult | null>;
  async run(job: Extract<Job, { kind: 'parse' }>): Promise<RunResult>;
  async run(job: Job): Promise<unknown> {
    const { stdout } = await runFile(process.execPath, [...flagsFor(job), this.#path, JSON.stringify(job)], {
      env: { ...process.env, NODE_ENV: 'production', NODE_OPTIONS: '' },
      maxBuffer: 64 << 20,
      timeout: 120_000,
    });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null');
  }
}

/** Timing runs with Node's own settings; only what measures memory asks for more. */
function flagsFor(job: Job): string[] {
  if (job.kind === 'load') return ['--expose-gc'];
  // 128 MiB of young generation: nothing is collected during the calls that are measured.
  if (job.kind === 'evaluate' && job.bytes) {
    return ['--expose-gc', '--min-semi-space-size=128', '--max-semi-space-size=128'];
  }
  return [];
}

function leaveOutPackages(bundler: import('esbuild').PluginBuild): void {
  bundler.onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
    path.startsWith('@dimmer/') || kind === 'entry-point' ? undefined : { path, external: true },
  );
}
