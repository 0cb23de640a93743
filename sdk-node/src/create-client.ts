import {
  answerWithin,
  type Cache,
  type ClientOptions,
  createDimmerClient,
  createHolds,
  createShadowing,
  createSwitchback,
  DEFAULTS,
  ERROR_MESSAGES,
  identify,
  type Log,
  launchingIn,
  type MigratingClient,
  migratingWith,
  pollingEvery,
  readOptions,
  SPEED,
  type StageFiles,
  warmCopies,
} from '@dimmer/client';
import { createFileCache, createStageFiles, defaultCacheDirectory } from '@dimmer/client-node';
import { flushAtEnd } from './flush-at-end.ts';
import { halveBatch } from './halve-batch.ts';
import { createLog } from './log.ts';
import { createNodeShadows } from './node-shadows.ts';
import { connectServer } from './server-connection.ts';
import { VERSION } from './version.ts';
import { steadyNow } from './wake-watch.ts';

/** The longest time that `setTimeout` takes; beyond it, it fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Of what is reported. */
const LIMITS = {
  receiptShare: 1,
  receiptSpreadMs: 5_000,
  maxCounts: 1_000,
  maxLaunchLength: 500_000,
  maxPending: 100,
  halve: halveBatch,
};

/** Options of `createClient`. */
export interface NodeOptions extends ClientOptions {
  /**
   * Whether, and in which directory, the rules, and the last stages of migrations, are kept for a start without a network. Default: `dimmer-<user id>` in
   * the system's directory for temporary files, which may not survive a restart of the machine or container: name a
   * directory of your own where that matters.
   */
  readonly cache?: boolean | string | undefined;
  /** How often the rules are fetched while no stream works, ms. Default and least: 30,000. */
  readonly pollIntervalMs?: number | undefined;
  /** How many shadows of all launches and migrations may be under way at once. Default 100; 0: none at all. */
  readonly maxShadows?: number | undefined;
}

/**
 * Creates a client and connects it, without waiting and without ever throwing: with options that make no sense it
 * serves defaults and says so in the log.
 *
 * @example
 * const flags = createClient({ url: 'https://flags.example.com', key: process.env.DIMMER_KEY });
 * await flags.ready();
 * flags.isEnabled('new-checkout', { targetingKey: user.id, plan: 'pro' });
 */
export function createClient(options: NodeOptions): MigratingClient {
  const log = createLog(options?.logger);
  const known = readOptions({ ...DEFAULTS, pollIntervalMs: 0, maxShadows: 100, cache: undefined }, options, log);
  const identity = identify(known, `node/${VERSION}`, Math.random);
  const { key, pollIntervalMs, maxShadows } = known;
  const url = addressOf(known.url, log);
  if (!key) log('OPTION_INVALID', 'key: the key of one environment, please');
  const kept = url && key ? keptIn(options.cache, url, key, log) : undefined;
  const holds = createHolds(
    () => performance.now(),
    ({ flag, sharePercent }) => {
      const at = 'callers of all processes together were slower while shadows ran';
      log(
        'SHADOW_HARMFUL',
        `${flag}: ${at}; ${sharePercent} % of the calls may have one for now, by the server's word`,
      );
    },
  );

  // Nobody need wait for the receipts of a client that reports nothing.
  const query = new URLSearchParams({ ...identity, ...(!known.reporting && { receipts: '0' }) });
  const server = url && key ? connectServer({ url, key, query, holds, log }) : undefined;
  const client = createDimmerClient(known, {
    identity,
    now: Date.now,
    steady: steadyNow,
    random: Math.random,
    after,
    log,
    connect: server && (() => server.connection),
    cache: kept?.rules,
    limits: LIMITS,
    fallback: pollingEvery(pollIntervalMs),
    launching: launchingIn(createNodeShadows(maxShadows), {
      shadowing: createShadowing,
      migrating: migratingWith(kept?.stages),
      limit: answerWithin,
      switchback: createSwitchback,
      holds,
      warmUp: warmCopies,
    }),
    lifecycle: server?.lifecycle,
    messages: ERROR_MESSAGES,
    speed: SPEED,
  }) as MigratingClient;
  if (!server || !known.reporting) return client;
  const callOff = flushAtEnd(client.flush);
  return {
    ...client,
    close() {
      callOff();
      return client.close();
    },
  };
}

function after(delayMs: number, run: () => void, hold?: boolean): () => void {
  const timer = setTimeout(run, Math.min(delayMs, MAX_TIMER_MS));
  if (!hold) timer.unref();
  return () => clearTimeout(timer);
}

/** What outlives the process. */
interface Kept {
  readonly rules: Cache;
  readonly stages: StageFiles;
}

function keptIn(option: unknown, url: URL, key: string, log: Log): Kept | undefined {
  if (option === false) return undefined;
  if (option !== undefined && option !== true && typeof option !== 'string') {
    log('OPTION_INVALID', 'cache: true, false or a directory, please');
  }
  const directory = typeof option === 'string' && option !== '' ? option : defaultCacheDirectory();
  let hasComplained = false;
  const complain = (why: string) => {
    if (!hasComplained) log('CACHE_UNWRITABLE', why);
    hasComplained = true;
  };
  return {
    rules: createFileCache(directory, url.href, key, complain),
    stages: createStageFiles(directory, url.href, key, complain),
  };
}

function addressOf(url: string, log: Log): URL | undefined {
  try {
    const address = new URL(url);
    if (/^https?:$/.test(address.protocol)) return address;
  } catch {
    // Said below.
  }
  log('OPTION_INVALID', 'url: the http or https address of the server, please');
  return undefined;
}
