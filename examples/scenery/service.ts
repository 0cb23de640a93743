/** A service of an example as a process of its own. It ends with the example, however that ends. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

export class Service {
  /** Where it listens: on any port that was free. */
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, url: string) {
    this.#process = process;
    this.url = url;
  }

  /**
   * Starts it, and waits until it listens.
   *
   * @param file the program, which calls `serve`
   * @param variables added to its environment
   */
  static async start(file: URL, variables: Readonly<Record<string, string>> = {}): Promise<Service> {
    const child = fork(file, { env: { ...process.env, ...variables } });
    const url = await Promise.race([once(child, 'message'), once(child, 'exit').then(() => undefined)]);
    if (!url) throw new Error(`${file.pathname} ended before it listened.`);
    return new Service(child, String(url[0]));
  }

  /** As a deploy ends it: it answers what it has begun, tells Dimmer what it has seen, and goes. */
  async stop(): Promise<void> {
    await this.#end('SIGTERM');
  }

  /** As a power cut ends it. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#process.kill(signal);
    await once(this.#process, 'exit');
  }
}
