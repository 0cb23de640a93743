import { bundleProgram } from '../bundle.ts';
import { Caller } from './caller.ts';
import { Program } from './program.ts';

/** The bare node:http loop of bare-server.ts, as a process of its own. */
export class BareFloor {
  readonly url: string;
  readonly #program: Program;
  readonly #caller: Caller;

  private constructor(url: string, program: Program) {
    this.url = url;
    this.#program = program;
    this.#caller = new Caller(url);
  }

  static async start(): Promise<BareFloor> {
    const program = new Program(await bundleProgram(new URL('./bare-server.ts', import.meta.url)));
    return new BareFloor(await program.url(), program);
  }

  /** One event to every stream. */
  toggle(): Promise<string> {
    return this.#caller.send('POST', '/toggle');
  }

  async stop(): Promise<void> {
    this.#caller.close();
    await this.#program.stop();
  }
}
