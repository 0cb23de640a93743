import {
  type ClientOptions,
  type ClientParts,
  createDimmerClient,
  DEFAULTS,
  type DimmerClient,
  identify,
  type Log,
  pollingEvery,
  readOptions,
} from '@dimmer/client';
import { connectBrowser } from './browser-connection.ts';
import { createLocalCache } from './local-cache.ts';
import { followPage } from './page-lifecycle.ts';
import { VERSION } from './version.ts';

/** How often rules are fetched while no stream works: a page is looked at for minutes, and there are many. */
const POLL_MS = 60_000;
/** Share of the browsers that say what they have applied. */
const RECEIPT_SHARE = 0.1;

/** Options of `createClient`. */
export interface BrowserOptions extends ClientOptions {
  /** Whether the rules are kept in `localStorage`, for a start without a network. Default true. */
  readonly cache?: boolean | undefined;
}

/**
 * Creates a client and connects it, without waiting and without ever throwing: with options that make no sense it
 * serves defaults and says so in the log. Where there is no `EventSource` (on a server that renders the page) it does
 * not connect, and decides by its bootstrap.
 *
 * @example
 * const flags = createClient({ url: 'https://flags.example.com', key: 'web_…' });
 * await flags.ready();
 * flags.isEnabled('new-checkout', { targetingKey: user.id });
 */
export function createClient(options: BrowserOptions): DimmerClient {
  return createClientWith(options);
}

/** @param parts what a larger bundle brings along */
export function createClientWith(options: BrowserOptions, parts?: Pick<ClientParts, 'launching'>): DimmerClient {
  const { random } = Math;
  const log: Log = (code, detail) => {
    try {
      if (options?.logger !== false) (options?.logger ?? console).warn(`[dimmer] ${code}: ${detail}`);
    } catch {
      // The page's logger failed: there is nowhere left to say so.
    }
  };
  const known = readOptions({ ...DEFAULTS, cache: true }, options, log);
  const { url, key } = known;
  const identity = identify(known, `browser/${VERSION}`, random);
  if (!url || !key) log('OPTION_INVALID', 'url, key');
  // Drawn here and not by the reporter, because the server is told beforehand whose word it need not wait for.
  const sendsReceipts = known.reporting && random() < RECEIPT_SHARE;
  const query = { ...identity, ...(!sendsReceipts && { receipts: '0' }) };

  return createDimmerClient(known, {
    identity,
    now: Date.now,
    random,
    after(delayMs, run) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
    connect: url && key && 'EventSource' in globalThis ? (held) => connectBrowser(url, key, query, held) : undefined,
    cache: known.cache ? createLocalCache(`dimmer ${url} ${key}`) : undefined,
    log,
    limits: {
      receiptShare: +sendsReceipts,
      receiptSpreadMs: 10_000,
      maxCounts: 200,
      maxLaunchLength: 40_000,
      maxPending: 20,
    },
    fallback: pollingEvery(POLL_MS),
    lifecycle: followPage,
    ...parts,
  });
}
