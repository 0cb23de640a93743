import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

import { builtModule } from '../built.ts';

/** An application of its own, which says `ready` when it has its rules, and lives until it is ended. */
const PROGRAM = `
  const { createClient } = await import(process.env.SDK);
  const { URL_, KEY, INSTANCE } = process.env;
  const flags = createClient({ url: URL_, key: KEY, instance: INSTANCE, application: 'shop', cache: false });
  const { ready } = await flags.ready();
  process.stdout.write(ready ? 'ready' : 'not ready');
  process.stdin.resume();
`;

/** An application with the Node SDK as a process of its own, which a test may stop or kill. */
export class SdkProcess {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when it has its rules. */
  static async start(url: string, key: string, instance: string): Promise<SdkProcess> {
    const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM], {
      env: { ...process.env, SDK: await builtModule('sdk-node/src/index.ts'), URL_: url, KEY: key, INSTANCE: instance },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [said] = await once(child.stdout, 'data');
    if (String(said) !== 'ready') throw new Error(`The application is ${said}.`);
    return new SdkProcess(child);
  }

  /** SIGSTOP: it is there, and does nothing. */
  stop(): void {
    this.#child.kill('SIGSTOP');
  }

  /** SIGCONT */
  resume(): void {
    this.#child.kill('SIGCONT');
  }

  async end(): Promise<void> {
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
