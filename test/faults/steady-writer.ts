import type { AdminClient } from './admin-client.ts';
import { pause } from './waiting.ts';

/** One write, as the client saw it. */
export interface WriteAttempt {
  /** By `performance.now()`. */
  readonly sentAtMs: number;
  readonly answeredAtMs: number;
  /** 0: the connection broke before there was an answer. */
  readonly status: number;
  /** Of a refusal. */
  readonly code: string | null;
  /** The share that was asked for, of 100,000: another one each time. */
  readonly parts: number;
  /** Of an acknowledged write. */
  readonly revision: number | null;
  readonly id: string | null;
}

/** Writes one value after another to a flag, whatever the answers are, until it is stopped. */
export class SteadyWriter {
  readonly flag: string;
  readonly attempts: WriteAttempt[] = [];
  readonly #admin: AdminClient;
  readonly #everyMs: number;
  #parts = 0;
  #running: Promise<void> | null = null;
  #stopped = false;

  /** @param everyMs pause between an answer and the next write */
  constructor(flag: string, admin: AdminClient, everyMs = 20) {
    this.flag = flag;
    this.#admin = admin;
    this.#everyMs = everyMs;
  }

  start(): void {
    this.#stopped = false;
    this.#running ??= this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    this.#running = null;
  }

  get acknowledged(): readonly WriteAttempt[] {
    return this.attempts.filter(isAcknowledged);
  }

  /** Those that were sent at or after an instant. */
  since(atMs: number): readonly WriteAttempt[] {
    return this.attempts.filter(({ sentAtMs }) => sentAtMs >= atMs);
  }

  /** Acknowledged writes that a log, revision → id, does not have. */
  missingIn(log: ReadonlyMap<number, string>): readonly string[] {
    return this.acknowledged.flatMap(({ revision, id }) => (log.get(revision as number) === id ? [] : [String(id)]));
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      this.#parts = (this.#parts % 99_998) + 1;
      const parts = this.#parts;
      const sentAtMs = performance.now();
      const path = `/projects/default/flags/${this.flag}/environments/production/rollout`;
      const { status, body } = await this.#admin.attempt('POST', path, { variation: 'on', percent: parts / 1_000 });
      const ok = status === 200;
      this.attempts.push({
        sentAtMs,
        answeredAtMs: performance.now(),
        status,
        parts,
        revision: ok ? body.revision : null,
        id: ok ? body.id : null,
        code: body?.error?.code ?? null,
      });
      await pause(this.#everyMs);
    }
  }
}

export function isAcknowledged({ status }: WriteAttempt): boolean {
  return status >= 200 && status < 300;
}
