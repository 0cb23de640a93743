import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { diskFolder } from '../memory-folder.ts';
import { AdminClient } from './admin-client.ts';
import { Decider } from './decider.ts';
import { type FaultOutcome, Findings } from './fault.ts';
import { integrityOf } from './integrity.ts';
import { RawFollower } from './raw-follower.ts';
import { ServerProcess } from './server-process.ts';
import { ServingWatch } from './serving-watch.ts';
import type { SteadyWriter } from './steady-writer.ts';
import { waitUntil } from './waiting.ts';

const CONVERGE_MS = 60_000;

interface StageOptions {
  /** Where the database lies. Default: a folder of its own. */
  readonly folder?: string;
  /** Flags `flag-0`, `flag-1`, … Default 1. */
  readonly flags?: number;
  /** Applications with the Node SDK that decide all the while. */
  readonly applications?: number;
  /** Streams without an SDK. */
  readonly streams?: number;
  readonly env?: Readonly<Record<string, string>>;
}

/** A server as a process of its own on a SQLite file, and who depends on it. */
export class FaultStage {
  readonly database: string;
  readonly server: ServerProcess;
  readonly admin: AdminClient;
  readonly applications: Decider[] = [];
  readonly followers: RawFollower[] = [];
  readonly #ownFolder: string | null;
  #watch: ServingWatch | undefined;

  private constructor(database: string, ownFolder: string | null, env: Readonly<Record<string, string>>) {
    this.database = database;
    this.#ownFolder = ownFolder;
    this.server = new ServerProcess(database, env);
    this.admin = new AdminClient(() => this.server.url);
  }

  static async open({ folder, flags = 1, applications = 0, streams = 0, env = {} }: StageOptions): Promise<FaultStage> {
    const own = folder === undefined ? await mkdtemp(join(diskFolder(), 'dimmer-fault-')) : null;
    const stage = new FaultStage(join(folder ?? (own as string), 'dimmer.db'), own, env);
    try {
      await stage.server.start();
      for (let each = 0; each < flags; each += 1) await stage.admin.createFlag(`flag-${each}`);
      const { url } = stage.server;
      for (let each = 0; each < applications; each += 1)
        stage.applications.push(new Decider(url, stage.key, `application-${each}`));
      for (let each = 0; each < streams; each += 1) stage.followers.push(new RawFollower(url, stage.key));
      await Promise.all(stage.applications.map((application) => application.start()));
      await waitUntil(() => stage.followers.every(({ id }) => id !== ''), 10_000);
      return stage;
    } catch (error) {
      await stage.close();
      throw error;
    }
  }

  /** The server key of production. */
  get key(): string {
    return this.server.serverKeys.get('production') as string;
  }

  /** Asks for rulesets, a flag and new streams from the first call on; `end` checks that all were answered. */
  get watch(): ServingWatch {
    this.#watch ??= new ServingWatch(() => this.server.url, this.key, 'flag-0');
    return this.#watch;
  }

  /** `ready`, `degraded`, `not ready`; and what the server answers to who wants to write. */
  async readiness(): Promise<{ status: string; reason: string; writes: number }> {
    const response = await fetch(`${this.server.url}/health/ready?for=writes`);
    const { status, reason = '' } = await response.json();
    return { status, reason, writes: response.status };
  }

  /** How long until readiness is so, in ms; `null` if it is not within `withinMs`. */
  until(status: string, withinMs: number): Promise<number | null> {
    return waitUntil(async () => (await this.readiness()).status === status, withinMs);
  }

  /** How often a stream without an SDK has broken. */
  get brokenStreams(): number {
    return this.followers.reduce((sum, { lost }) => sum + lost, 0);
  }

  /** How long until everybody has the newest rules, ms; `null` if not all have within a minute. */
  async converged(): Promise<number | null> {
    const { id } = await this.admin.call('GET', '/projects/default/environments/production/propagation');
    const all = [...this.applications, ...this.followers];
    return waitUntil(() => all.every((one) => one.id === id), CONVERGE_MS);
  }

  /** What must hold after every fault: nothing acknowledged is gone, the chain and the file are whole, everybody converges. */
  async settle(writer: SteadyWriter, findings: Findings): Promise<{ lost: number; convergedInMs: number | null }> {
    await this.server.kill();
    findings.expect(integrityOf(this.database) === 'ok', 'SQLite says that the file is not whole');
    await this.server.start();
    const log = await this.admin.changesAfter(0);
    const missing = writer.missingIn(log);
    findings.expect(missing.length === 0, `acknowledged and gone: ${missing.slice(0, 5).join(', ')}`);
    const chain = await this.admin.verify();
    findings.expect(chain.ok, `the chain is broken: ${chain.problem}`);
    const convergedInMs = await this.converged();
    findings.expect(convergedInMs !== null, 'not everybody has the newest rules within a minute');
    const failed = this.applications.reduce((sum, { failures }) => sum + failures, 0);
    findings.expect(failed === 0, `${failed} decisions fell back to the caller’s default`);
    return { lost: missing.length, convergedInMs };
  }

  async close(): Promise<void> {
    await this.#watch?.stop();
    for (const follower of this.followers) follower.close();
    await Promise.all(this.applications.map((application) => application.close()));
    await this.server.kill();
    if (this.#ownFolder !== null) await rm(this.#ownFolder, { recursive: true, force: true });
  }
}

/** Does something to a stage of its own, which is taken down whatever comes of it. */
export async function onStage(
  options: StageOptions,
  run: (stage: FaultStage, findings: Findings) => Promise<Omit<FaultOutcome, 'violations' | 'notes'>>,
): Promise<FaultOutcome> {
  const findings = new Findings();
  const stage = await FaultStage.open(options);
  try {
    return { ...(await run(stage, findings)), violations: findings.violations, notes: findings.notes };
  } finally {
    await stage.close();
  }
}
