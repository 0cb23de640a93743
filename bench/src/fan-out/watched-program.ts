import { once } from 'node:events';
import { bundleProgram } from '../bundle.ts';
import { Program } from '../delivery/program.ts';
import type { Vitals } from './watch.ts';

/** A server in a process of its own that tells what it spends. */
export class WatchedProgram {
  readonly url: string;
  readonly #program: Program;

  private constructor(url: string, program: Program) {
    this.url = url;
    this.#program = program;
  }

  /** @param source of a program that imports `watch.ts` */
  static async start(source: URL, env: Readonly<Record<string, string>> = {}): Promise<WatchedProgram> {
    const program = new Program(await bundleProgram(source), { NODE_OPTIONS: '--expose-gc', ...env });
    return new WatchedProgram(await program.url(), program);
  }

  /** What it spends while `act` runs. */
  async during<T>(act: () => Promise<T>): Promise<{ readonly result: T; readonly vitals: Vitals }> {
    this.#program.process.send('reset');
    const result = await act();
    return { result, vitals: await this.vitals() };
  }

  /** Since the start, or the last `during`. */
  async vitals(): Promise<Vitals> {
    const answer = once(this.#program.process, 'message') as Promise<[Vitals]>;
    this.#program.process.send('read');
    return (await answer)[0];
  }

  stop(): Promise<void> {
    return this.#program.stop();
  }
}
