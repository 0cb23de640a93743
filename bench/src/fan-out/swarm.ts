import { bundleProgram } from '../bundle.ts';
import { Program } from '../delivery/program.ts';
import type { StormPlan, StormReport } from './storm.ts';
import type { SwarmAnswer, SwarmCommand } from './swarm-program.ts';

/** A stream that loses an event would otherwise leave everybody waiting for ever. */
const PATIENCE_MS = 120_000;

/** Where a swarm streams from. */
interface Streamed {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Many raw streams in a process of their own. */
export class Swarm {
  readonly #program: Program;
  readonly #streamed: Streamed;

  private constructor(program: Program, streamed: Streamed) {
    this.#program = program;
    this.#streamed = streamed;
  }

  /** Opens all streams, some at a time, and waits until each is current. */
  static async open(streamed: Streamed, streams: number): Promise<Swarm> {
    const program = new Program(await bundleProgram(new URL('./swarm-program.ts', import.meta.url)));
    const swarm = new Swarm(program, streamed);
    await swarm.#ask({ kind: 'open', ...streamed, streams });
    return swarm;
  }

  /** Milliseconds from before `act` until the last stream has had the patch that it causes. */
  async time(act: () => Promise<unknown>): Promise<number> {
    const patched = this.#answer('patched');
    const start = process.hrtime.bigint();
    const [{ allAtNs }] = await Promise.all([patched, act()]);
    return Number(BigInt(allAtNs) - start) / 1e6;
  }

  /** Cuts every stream as a network that is gone does. */
  async cut(): Promise<void> {
    await this.#ask({ kind: 'cut' });
  }

  /** All come back, with these headers besides their own. Resolves when each is current. */
  async storm(plan: Omit<StormPlan, 'url'>): Promise<StormReport> {
    const headers = { ...this.#streamed.headers, ...plan.headers };
    const answer = this.#answer('stormed');
    this.#program.process.send({ kind: 'storm', ...plan, url: this.#streamed.url, headers } satisfies SwarmCommand);
    return (await answer).report;
  }

  async close(): Promise<void> {
    this.#program.process.kill('SIGKILL');
    await this.#program.stop();
  }

  async #ask(command: Extract<SwarmCommand, { kind: 'open' | 'cut' }>): Promise<void> {
    const answer = this.#answer(command.kind === 'open' ? 'opened' : 'cut');
    this.#program.process.send(command);
    await answer;
  }

  /** The next message of this kind. Throws what the swarm printed if it ends instead. */
  #answer<Kind extends SwarmAnswer['kind']>(kind: Kind): Promise<Extract<SwarmAnswer, { kind: Kind }>> {
    const { process: child } = this.#program;
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => {
        clearTimeout(timer);
        child.off('message', heard).off('exit', ended);
        act();
      };
      const ended = () => settle(() => reject(new Error(`The swarm ended: ${this.#program.output}`)));
      const heard = (message: unknown) => {
        const answer = message as SwarmAnswer;
        // Changes may be made while something else is waited for.
        if (answer.kind === kind) settle(() => resolve(answer as Extract<SwarmAnswer, { kind: Kind }>));
      };
      const timer = setTimeout(() => settle(() => reject(new Error(`The swarm never says ${kind}`))), PATIENCE_MS);
      child.on('message', heard).once('exit', ended);
    });
  }
}
