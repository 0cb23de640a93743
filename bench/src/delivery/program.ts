import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** A program of ours in a process of its own. */
export class Program {
  readonly process: ChildProcess;
  #output = '';

  constructor(path: string, env: Readonly<Record<string, string>> = {}) {
    this.process = fork(path, { env: { ...process.env, NODE_ENV: 'production', ...env }, silent: true });
    const keep = (chunk: Buffer) => {
      this.#output += chunk;
    };
    this.process.stdout?.on('data', keep);
    this.process.stderr?.on('data', keep);
  }

  /** What it has printed so far. */
  get output(): string {
    return this.#output;
  }

  /** The first address that it prints. Throws what it printed if it ends instead. */
  async url(): Promise<string> {
    for (;;) {
      const found = /http:\/\/[\w.:[\]-]+:\d+/.exec(this.#output);
      if (found) return found[0];
      if (this.process.exitCode !== null) throw new Error(`The program ended:\n${this.#output}`);
      await Promise.race([once(this.process.stdout!, 'data'), once(this.process, 'exit')]);
    }
  }

  /** Sends SIGTERM and waits for the end; after five seconds SIGKILL. */
  async stop(): Promise<void> {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    const timer = setTimeout(() => this.process.kill('SIGKILL'), 5_000);
    await ended;
    clearTimeout(timer);
  }
}
