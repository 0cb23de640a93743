import { once } from 'node:events';
import { bundleProgram } from '../bundle.ts';
import { Program } from '../delivery/program.ts';
import type { FleetMessage, FleetOrder } from './sdk-fleet-program.ts';

/** A change that somebody misses would otherwise be waited for for ever. */
const PATIENCE_MS = 20_000;

/** Many Node SDKs in a process of their own, and when each of them has applied a change. */
export class SdkFleet {
  readonly #program: Program;
  readonly #waiting = new Map<string, (atNs: readonly string[]) => void>();
  readonly #early = new Map<string, readonly string[]>();

  private constructor(program: Program) {
    this.#program = program;
    program.process.on('message', (message: FleetMessage) => {
      if (message.kind !== 'applied') return;
      const waiting = this.#waiting.get(message.id);
      if (waiting) waiting(message.atNs);
      else this.#early.set(message.id, message.atNs);
    });
  }

  /** Resolves when all have rules. */
  static async open(order: FleetOrder): Promise<SdkFleet> {
    const program = new Program(await bundleProgram(new URL('./sdk-fleet-program.ts', import.meta.url)));
    program.process.send(order);
    await once(program.process, 'message');
    return new SdkFleet(program);
  }

  /** The instants, ns of the monotonic clock, at which each of them had applied a change. */
  async applied(id: string): Promise<readonly bigint[]> {
    const early = this.#early.get(id);
    this.#early.delete(id);
    const atNs = early ?? (await this.#wait(id));
    this.#waiting.delete(id);
    return atNs.map(BigInt);
  }

  #wait(id: string): Promise<readonly string[]> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error(`Not everybody has applied ${id}`)), PATIENCE_MS);
      this.#waiting.set(id, (atNs) => {
        clearTimeout(timer);
        resolve(atNs);
      });
    });
  }

  async close(): Promise<void> {
    this.#program.process.kill('SIGKILL');
    await this.#program.stop();
  }
}
