import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { isInstalled } from './installed.ts';

const ATTACH_MS = 10_000;

/** A system call that fails from now on. */
export interface FailingCall {
  readonly calls: string;
  readonly error: 'EIO' | 'ENOSPC';
}

/** Makes system calls of a running process fail, by strace, until it is ended: a disk that breaks and is mended. */
export class DiskFault {
  readonly #strace: ChildProcess;

  private constructor(strace: ChildProcess) {
    this.#strace = strace;
  }

  /** Why that is not possible here; `null` if it is. */
  static missing(): string | null {
    if (!isInstalled('strace')) return 'strace is not installed, which makes system calls fail';
    return mayAttach() ? null : 'strace may not attach to other processes here (kernel.yama.ptrace_scope); root may';
  }

  /** Resolves when the calls fail. Rejects if strace may not attach to the process. */
  static async begin(pid: number, { calls, error }: FailingCall): Promise<DiskFault> {
    const inject = `inject=${calls}:error=${error}`;
    const args = ['-f', '-o', '/dev/null', '-e', `trace=${calls}`, '-e', inject, '-p', String(pid)];
    const strace = spawn('strace', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    let said = '';
    await new Promise<void>((resolve, reject) => {
      const give = (error: Error) => {
        clearTimeout(timer);
        reject(error);
      };
      const timer = setTimeout(() => give(new Error(`strace does not attach: ${said}`)), ATTACH_MS);
      strace.once('error', give);
      strace.once('exit', () => give(new Error(`strace ended: ${said}`)));
      strace.stderr.on('data', (text) => {
        said += text;
        if (!/ attached/.test(said)) return;
        clearTimeout(timer);
        resolve();
      });
    });
    return new DiskFault(strace);
  }

  /** The calls work again. */
  async end(): Promise<void> {
    if (this.#strace.exitCode !== null || this.#strace.signalCode !== null) return;
    const gone = once(this.#strace, 'exit');
    this.#strace.kill('SIGINT');
    await gone;
  }
}

/** The server is started first, and made to fail later: that is attaching, which many systems keep for root. */
function mayAttach(): boolean {
  if (process.getuid?.() === 0) return true;
  try {
    return readFileSync('/proc/sys/kernel/yama/ptrace_scope', 'utf8').trim() === '0';
  } catch {
    return true;
  }
}
