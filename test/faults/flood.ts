import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { builtModule } from '../built.ts';

interface FloodOptions {
  readonly url: string;
  /** The name of a batch; `knocks`: requests without a key on new connections; `unread`: answers that nobody reads. */
  readonly kind: string;
  readonly lanes: number;
  readonly ms: number;
  /** The address that it comes from. Default: the one of everybody else. */
  readonly from?: string | undefined;
}

/** A flooder as a process of its own, which waits for its word. */
export class Flood {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout as NodeJS.ReadableStream })[Symbol.asyncIterator]();
  }

  static async prepare({ url, kind, lanes, ms, from }: FloodOptions): Promise<Flood> {
    const settings = { FLOOD_URL: url, FLOOD_KIND: kind, FLOOD_LANES: String(lanes), FLOOD_MS: String(ms) };
    const child = spawn(process.execPath, [fileURLToPath(await builtModule('test/faults/flooder.ts'))], {
      env: { ...process.env, ...settings, ...(from !== undefined && { FLOOD_FROM: from }) },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const flood = new Flood(child);
    await flood.#line();
    return flood;
  }

  /** @returns how many of each answer came; `cut`: the connection broke */
  async run(): Promise<ReadonlyMap<string, number>> {
    this.#child.stdin?.write('go\n');
    return new Map(JSON.parse(await this.#line()));
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }

  async #line(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error('The flooder has ended.');
    return value;
  }
}
