import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { builtServer } from '../../test/built.ts';
import { PATIENCE_MS } from '../../test/patience.ts';

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url));

/** The demo as a process of its own, as a newcomer starts it, with a hand on its keyboard. */
export class RunningDemo {
  readonly #process: ChildProcess;
  #output = '';

  private constructor(server: string, args: readonly string[]) {
    const all = ['--import', 'tsx', MAIN, '--server', server, ...args];
    this.#process = spawn(process.execPath, all, { stdio: ['pipe', 'pipe', 'pipe'] });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.#output += text;
      });
    }
  }

  /** Starts it on any free port; resolves when it has said where to look. */
  static async start(...args: readonly string[]): Promise<RunningDemo> {
    const demo = new RunningDemo(await builtServer(), args);
    const printed = new Promise<void>((resolve) => {
      demo.#process.stdout?.on('data', () => {
        if (demo.#output.includes('# restore') && demo.#output.endsWith('\n\n')) resolve();
      });
    });
    await Promise.race([printed, once(demo.#process, 'exit')]);
    if (demo.#process.exitCode !== null) throw new Error(`The demo ended before it began:\n${demo.#output}`);
    return demo;
  }

  /** All that it has printed so far. */
  get output(): string {
    return this.#output;
  }

  /** Where the shop's page is. */
  get url(): string {
    return /^Open (\S+)$/m.exec(this.#output)?.[1] ?? '';
  }

  /** The shell lines that it offers for pasting, by the comment above them: `kill`, `restore`, `ramp to 25 %`. */
  curl(title: string): string {
    const lines = this.#output.split('\n');
    return lines[lines.findIndex((line) => line.startsWith(`# ${title}`)) + 1] ?? '';
  }

  press(key: string): void {
    this.#process.stdin?.write(key);
  }

  /** Ends it as Ctrl-C does. @returns its exit code. */
  async stop(): Promise<number | null> {
    if (this.#process.exitCode === null) {
      this.#process.kill('SIGINT');
      await once(this.#process, 'exit');
    }
    return this.#process.exitCode;
  }
}

/** Waits until the page says this percentage, both deciders have answered, and no lamp moves any more. */
export async function settledAt(page: Page, percent: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => {
      const wall = document.querySelector<HTMLElement>('#wall');
      const said = document.querySelector('#percent')?.textContent;
      const agreement = document.querySelector<HTMLElement>('#agreement')?.dataset.agrees;
      return said === wanted && agreement !== 'unknown' && wall?.dataset.moving === 'false';
    },
    percent,
    { timeout: 2 * PATIENCE_MS },
  );
}
