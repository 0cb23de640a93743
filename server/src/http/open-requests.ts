import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { leaveUnread } from './body-pieces.ts';
import { networkOf } from './client-address.ts';
import type { ConnectionObserver } from './connections.ts';
import { TokenBuckets } from './token-buckets.ts';

// Why: decision 0150.
/** Requests a second for each browser that there may be at one address, and at once: a page asks three times in ten seconds. */
const REQUESTS = { perSecond: 2, burst: 5 } as const;
/** Checking a secret that turns out wrong costs as much as several answers. */
const MADE_UP_SECRET = 4;
/** An answer counts once more for each of so many bytes. */
const BYTES_OF_ONE = 256 * 1024;
/** Of requests over the limit that bring a secret, so many are checked: the holder of a real one must get through. */
const CLAIMS = { perSecond: 20, burst: 200 } as const;

/** How long an address stays trusted after a valid credential from there. Streams last for up to 36 minutes. */
const TRUSTED_MS = 60 * 60_000;
const MOST_TRUSTED = 10_000;

interface OpenRequestsOptions {
  /** Browsers that there may be at one address; 0: any number, and no limit here. */
  readonly browsersPerAddress: number;
  /** Where a request comes from. */
  readonly addressOf: (request: IncomingMessage) => string;
  /** Told of connections that are cut. */
  readonly observer: ConnectionObserver;
  /** Ms, by a clock that nobody sets. Default: `performance.now`. */
  readonly now?: () => number;
}

/**
 * Rate limit by address (token buckets) for requests without a credential, whatever is asked for and answered. Limits
 * further in answer with an error that names the mistake, and each of those costs a quarter of a millisecond; at some
 * thousands a second nobody else gets a turn. Requests over this limit are refused before anything but their address is
 * looked at.
 *
 * An address that has shown a server key, an admin's token or a session is under no limit: servers and browsers may
 * share the address of one office or one cluster, and a page must not shut anybody out there.
 */
export class OpenRequests {
  readonly #options: OpenRequestsOptions;
  readonly #now: () => number;
  readonly #asked: TokenBuckets;
  readonly #claims: TokenBuckets;
  /** When a secret was last shown, by address; the oldest first. */
  readonly #trusted = new Map<string, number>();
  #lastTrusted = '';
  readonly #streams = new WeakSet<IncomingMessage>();

  constructor(options: OpenRequestsOptions) {
    this.#options = options;
    const { browsersPerAddress, now = () => performance.now() } = options;
    this.#now = now;
    const browsers = Math.max(1, browsersPerAddress);
    const [perSecond, burst] = [browsers * REQUESTS.perSecond, browsers * REQUESTS.burst];
    this.#asked = new TokenBuckets({ perSecond, burst, now });
    this.#claims = new TokenBuckets({ ...CLAIMS, now });
  }

  /** Stands before everything that listens to the requests of a server. */
  watch(server: Server): void {
    if (this.#options.browsersPerAddress === 0) return;
    const answers = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
    server.removeAllListeners('request');
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      if (this.#admits(request, response)) for (const answer of answers) answer.call(server, request, response);
      else this.#turnAway(request, response);
    });
  }

  /** Notes that a request has shown a secret. */
  trust(request: IncomingMessage): void {
    const network = this.#networkOf(request);
    // One address that asks again and again stays where it is: each move is a piece of a new table, see `Roster`.
    if (network !== this.#lastTrusted) this.#trusted.delete(network);
    this.#lastTrusted = network;
    this.#trusted.set(network, this.#now());
    const [oldest] = this.#trusted.keys();
    if (this.#trusted.size > MOST_TRUSTED && oldest !== undefined) this.#trusted.delete(oldest);
  }

  /** Notes that a request has become a stream, whose bytes are changes and nobody's questions. */
  becomesStream(request: IncomingMessage): void {
    this.#streams.add(request);
  }

  #networkOf(request: IncomingMessage): string {
    return networkOf(this.#options.addressOf(request));
  }

  #admits(request: IncomingMessage, response: ServerResponse): boolean {
    const network = this.#networkOf(request);
    const trustedAt = this.#trusted.get(network);
    if (trustedAt !== undefined && this.#now() - trustedAt < TRUSTED_MS) return true;
    if (this.#asked.waitS(network) > 0) {
      if (!claimsSecret(request) || this.#claims.waitS(network) > 0) return false;
      this.#claims.take(network, 1);
    }
    this.#asked.take(network, 1);
    const { socket } = request;
    const before = socket.bytesWritten;
    response.once('close', () => {
      const large = this.#streams.has(request) ? 0 : Math.floor((socket.bytesWritten - before) / BYTES_OF_ONE);
      const more = large + (response.statusCode === 401 ? MADE_UP_SECRET : 0);
      if (more > 0) this.#asked.take(network, more);
    });
    return true;
  }

  #turnAway(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    leaveUnread(request);
    // The parser hands over the rest of a packet all the same.
    if (socket.destroyed || socket.writableEnded) return;
    this.#options.observer.cut('flooding');
    // The answer before it is under way, and this one cannot go before that.
    if (response.socket === null) socket.destroy();
    else {
      socket.write(TURNED_AWAY);
      socket.destroySoon();
    }
  }
}

/** Nothing is said here of whether it is one. The key of browsers is none. */
function claimsSecret({ headers }: IncomingMessage): boolean {
  const { authorization, cookie } = headers;
  return cookie !== undefined || (authorization !== undefined && !/^bearer web_/i.test(authorization));
}

const BODY = JSON.stringify({
  error: {
    code: 'ADDRESS_CROWDED',
    message: 'Too many requests without a secret come from this address.',
    fix: 'Ask again after Retry-After. Behind a proxy, set DIMMER_PROXIES; or raise DIMMER_BROWSERS_PER_ADDRESS.',
    details: { retryAfterS: 1 },
  },
});

/** Written past Node's own way of answering, which costs several times as much. */
const TURNED_AWAY = Buffer.from(
  [
    'HTTP/1.1 429 Too Many Requests',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(BODY)}`,
    'Retry-After: 1',
    'Access-Control-Allow-Origin: *',
    'Access-Control-Expose-Headers: Retry-After',
    'Connection: close',
    '',
    BODY,
  ].join('\r\n'),
);
