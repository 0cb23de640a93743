import { type ClientOptions, DimmerClient, identify, type Log, readOptions } from '@dimmer/client';
import { connectBrowser } from './browser-connection.ts';
import { createLocalCache } from './local-cache.ts';
import { VERSION } from './version.ts';

export interface BrowserOptions extends ClientOptions {
  /** Whether the rules are kept in `localStorage`, for a start without a network. Default true. */
  readonly cache?: boolean | undefined;
}

/**
 * Creates a client and connects it, without waiting and without ever throwing: with options that make no sense it
 * serves defaults and says so in the log.
 *
 * @example
 * const flags = createClient({ url: 'https://flags.example.com', key: 'web_…' });
 * await flags.ready();
 * flags.isEnabled('new-checkout', { targetingKey: user.id });
 */
export function createClient(options: BrowserOptions): DimmerClient {
  const logger = options?.logger ?? console;
  const log: Log = (code, detail) => logger && logger.warn(`[dimmer] ${code}: ${detail}`);
  const known = readOptions(options, log);
  const { url, key } = known;
  const identity = identify(known, `browser/${VERSION}`, Math.random);
  const canConnect = url !== undefined && key && typeof EventSource === 'function';
  return new DimmerClient(known, identity, {
    now: Date.now,
    random: Math.random,
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    connection: canConnect ? connectBrowser(url, key, new URLSearchParams({ ...identity })) : undefined,
    cache: known.cache === false ? undefined : createLocalCache(`dimmer:${url}:${key}`),
    log,
    reporting: { receiptShare: 0.1, receiptSpreadMs: 10_000, maxPending: 10 },
    onHide(flush) {
      const flushIfHidden = () => document.visibilityState === 'hidden' && flush();
      document.addEventListener('visibilitychange', flushIfHidden);
      return () => document.removeEventListener('visibilitychange', flushIfHidden);
    },
  });
}
