import { once } from 'node:events';
import { Program } from './program.ts';
import type { OpenStreams, SwarmMessage } from './swarm.ts';

/** A stream that loses an event would otherwise leave everybody waiting for ever. */
const PATIENCE_MS = 10_000;

/** Many raw streams in a process of their own, and how long a change takes to reach the last of them. */
export class FanOut {
  readonly #swarm: Program;

  private constructor(swarm: Program) {
    this.#swarm = swarm;
  }

  /** Opens all streams and waits until each has had its first event. */
  static async open(swarmProgram: string, wanted: OpenStreams): Promise<FanOut> {
    const swarm = new Program(swarmProgram);
    swarm.process.send(wanted);
    await once(swarm.process, 'message');
    return new FanOut(swarm);
  }

  /** Milliseconds from before `act` until the last stream has had the event that it causes. */
  async time(act: () => Promise<unknown>): Promise<number> {
    const signal = AbortSignal.timeout(PATIENCE_MS);
    const heard = once(this.#swarm.process, 'message', { signal }) as Promise<[SwarmMessage]>;
    const start = process.hrtime.bigint();
    const [[message]] = await Promise.all([heard, act()]);
    if (message.kind !== 'event') throw new Error('The swarm opened twice');
    return Number(BigInt(message.allAtNs) - start) / 1e6;
  }

  async close(): Promise<void> {
    this.#swarm.process.kill('SIGKILL');
    await this.#swarm.stop();
  }
}
