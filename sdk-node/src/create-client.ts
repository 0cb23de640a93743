import { type ClientOptions, type Connection, DimmerClient, identify, type Log, readOptions } from '@dimmer/client';
import { createFileCache, defaultCacheDirectory } from './file-cache.ts';
import { createLog } from './log.ts';
import { connectNode } from './node-connection.ts';
import { VERSION } from './version.ts';

/** The longest time that `setTimeout` takes; beyond it, it fires at once. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Options of `createClient`. */
export interface NodeOptions extends ClientOptions {
  /**
   * Whether, and in which directory, the rules are kept for a start without a network. Default: `dimmer-<user id>` in
   * the system's directory for temporary files, which may not survive a restart of the machine or container: name a
   * directory of your own where that matters.
   */
  readonly cache?: boolean | string | undefined;
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
export function createClient(options: NodeOptions): DimmerClient {
  const log = createLog(options?.logger);
  const known = readOptions(options, log);
  const identity = identify(known, `node/${VERSION}`, Math.random);
  const url = addressOf(known.url, log);
  const { key } = known;
  if (!key) log('OPTION_INVALID', 'key: the key of one environment');

  let connection: Connection | undefined;
  if (url && key) connection = connectNode(url, key, new URLSearchParams({ ...identity }));
  const directory = typeof known.cache === 'string' ? known.cache : defaultCacheDirectory();
  const usesCache = url && key && known.cache !== false;

  return new DimmerClient(known, identity, {
    now: Date.now,
    random: Math.random,
    after(delayMs, run, hold) {
      const timer = setTimeout(run, Math.min(delayMs, MAX_TIMER_MS));
      if (!hold) timer.unref();
      return () => clearTimeout(timer);
    },
    connection,
    cache: usesCache ? createFileCache(directory, url.href, key, (why) => log('CACHE_UNWRITABLE', why)) : undefined,
    log,
    reporting: { receiptShare: 1, receiptSpreadMs: 200, maxPending: 100 },
  });
}

function addressOf(url: string | undefined, log: Log): URL | undefined {
  try {
    const address = new URL(url ?? '');
    if (/^https?:$/.test(address.protocol)) return address;
  } catch {
    // Said below.
  }
  log('OPTION_INVALID', 'url: the http or https address of the server');
  return undefined;
}
