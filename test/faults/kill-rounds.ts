import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AdminClient } from './admin-client.ts';
import { Decider } from './decider.ts';
import { FlagWriter } from './flag-writer.ts';
import { integrityOf } from './integrity.ts';
import { ServerProcess } from './server-process.ts';
import { pause, waitUntil } from './waiting.ts';

const WRITERS = 4;
const KILL_AFTER_MS = { min: 50, max: 400 } as const;

/** The SDKs' own retries wait up to 30 s after many failures; then they must be back. */
const CONVERGE_MS = 60_000;

/** What `killRounds` found. */
export interface KillReport {
  readonly rounds: number;
  readonly acknowledged: number;
  /** Acknowledged writes that the log did not have, or had otherwise, after a restart. */
  readonly lost: readonly string[];
  /** Flags whose value was neither the last acknowledged nor the one on its way. */
  readonly wrongValues: readonly string[];
  /** Rounds after which the hash chain, or the documents that it amounts to, were not whole. */
  readonly brokenChains: readonly string[];
  /** What SQLite said of its file after a restart, if it was not `ok`. */
  readonly brokenFiles: readonly string[];
  /** Slowest start after a kill, until requests are answered. */
  readonly slowestStartMs: number;
  /** Decisions that the applications made meanwhile, and those that fell back to a default. */
  readonly decisions: number;
  readonly failedDecisions: number;
  /** Ids that an application decided by and that the log does not have. */
  readonly unknownIds: readonly string[];
  /** How long after the last restart every application had the newest rules; `null`: not all of them had. */
  readonly convergedAfterMs: number | null;
}

interface KillOptions {
  readonly rounds: number;
  /** Applications that decide all the while. */
  readonly applications: number;
  readonly onRound?: (round: number, acknowledged: number) => void;
  /** Further settings of the server, by the folder that its database will be in. */
  readonly env?: (folder: string) => Readonly<Record<string, string>>;
  /** What is done to that folder before the first start. */
  readonly prepare?: (folder: string) => Promise<void>;
  /** What is done to the folder of the database while nobody has it: a disk that has lost something. */
  readonly whileDown?: (folder: string) => Promise<void>;
}

/**
 * Kills the server with SIGKILL in the middle of writes, again and again, and looks for anything that it had
 * acknowledged and no longer knows. Applications with the Node SDK decide all the while.
 */
export async function killRounds(options: KillOptions): Promise<KillReport> {
  const { rounds, applications, onRound, env = () => ({}), prepare, whileDown } = options;
  const folder = await mkdtemp(join(tmpdir(), 'dimmer-kill-'));
  const database = join(folder, 'dimmer.db');
  const server = new ServerProcess(database, env(folder));
  const admin = new AdminClient(() => server.url);
  const writers = Array.from({ length: WRITERS }, (_, index) => new FlagWriter(`flag-${index}`, admin));
  const deciders: Decider[] = [];
  const found = {
    acknowledged: 0,
    lost: [] as string[],
    wrongValues: [] as string[],
    brokenChains: [] as string[],
    brokenFiles: [] as string[],
  };
  let slowestStartMs = 0;
  try {
    await prepare?.(folder);
    await server.start();
    for (const { flag } of writers) await admin.createFlag(flag);
    const key = server.serverKeys.get('production') as string;
    for (let each = 0; each < applications; each += 1)
      deciders.push(new Decider(server.url, key, `application-${each}`));
    await Promise.all(deciders.map((decider) => decider.start()));

    for (let round = 1; round <= rounds; round += 1) {
      const before = (await admin.verify()).revision;
      const writing = Promise.all(writers.map((writer) => writer.run()));
      // However slow the machine, there is something to lose, and somebody decides.
      await waitUntil(
        () =>
          writers.some(({ acknowledged }) => acknowledged.size > 0) &&
          deciders.every((one) => one.decisions >= 10 * round),
        CONVERGE_MS,
      );
      await pause(KILL_AFTER_MS.min + Math.random() * (KILL_AFTER_MS.max - KILL_AFTER_MS.min));
      await server.kill();
      await writing;
      await whileDown?.(folder);
      slowestStartMs = Math.max(slowestStartMs, await server.start());
      found.acknowledged += await check(admin, writers, before, round, found);
      const integrity = integrityOf(database);
      if (integrity !== 'ok') found.brokenFiles.push(`round ${round}: ${integrity}`);
      onRound?.(round, found.acknowledged);
    }

    const convergedAfterMs = await converged(deciders, async () => (await admin.verify()).revision);
    const log = new Set((await admin.changesAfter(0)).values());
    const unknownIds = deciders.flatMap(({ seen }) => [...seen]).filter((id) => !log.has(id));
    await server.stop();
    return {
      rounds,
      ...found,
      slowestStartMs: Math.round(slowestStartMs),
      decisions: deciders.reduce((sum, decider) => sum + decider.decisions, 0),
      failedDecisions: deciders.reduce((sum, decider) => sum + decider.failures, 0),
      unknownIds,
      convergedAfterMs,
    };
  } finally {
    await Promise.all(deciders.map((decider) => decider.close()));
    await server.kill();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Compares what was acknowledged in a round with what the server knows after it. Returns how many that were. */
async function check(
  admin: AdminClient,
  writers: readonly FlagWriter[],
  before: number,
  round: number,
  found: { readonly lost: string[]; readonly wrongValues: string[]; readonly brokenChains: string[] },
): Promise<number> {
  const { ok, problem } = await admin.verify();
  if (!ok) found.brokenChains.push(`round ${round}: ${problem}`);
  const log = await admin.changesAfter(before);
  let acknowledged = 0;
  for (const writer of writers) {
    for (const [revision, id] of writer.acknowledged) {
      acknowledged += 1;
      if (log.get(revision) !== id) found.lost.push(`round ${round}: ${id}, found ${log.get(revision)}`);
    }
    const parts = await admin.partsOn(writer.flag);
    const { possible } = writer;
    const isFirst = round === 1 && writer.acknowledged.size === 0;
    if (!possible.includes(parts) && !isFirst)
      found.wrongValues.push(`round ${round}: ${writer.flag} has ${parts}, not ${possible.join(' or ')}`);
    writer.settle(parts);
  }
  return acknowledged;
}

async function converged(deciders: readonly Decider[], head: () => Promise<number>): Promise<number | null> {
  const revision = await head();
  return waitUntil(() => deciders.every(({ id }) => id?.startsWith(`${revision}.`)), CONVERGE_MS);
}
