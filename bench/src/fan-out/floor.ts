import { Caller } from '../delivery/caller.ts';
import { WatchedProgram } from './watched-program.ts';

/** The bare node:http loop of bare-server.ts, watched, with the same face as our server. */
export class Floor {
  readonly url: string;
  readonly program: WatchedProgram;
  readonly #caller: Caller;

  private constructor(program: WatchedProgram) {
    this.url = program.url;
    this.program = program;
    this.#caller = new Caller(program.url);
  }

  static async start(snapshotBytes = 0): Promise<Floor> {
    const source = new URL('./watched-floor.ts', import.meta.url);
    return new Floor(await WatchedProgram.start(source, { SNAPSHOT_BYTES: String(snapshotBytes) }));
  }

  get streamed() {
    return { url: `${this.url}/stream`, headers: {} };
  }

  /** One event to every stream. */
  toggle(): Promise<string> {
    return this.#caller.send('POST', '/toggle');
  }

  async stop(): Promise<void> {
    this.#caller.close();
    await this.program.stop();
  }
}
