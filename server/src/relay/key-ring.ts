import { createHash } from 'node:crypto';
import { connectNode, createFileCache, type FileCache } from '@dimmer/client-node';
import { parseToken } from '../access/token.ts';
import type { UpstreamConfig } from '../config.ts';
import type { RollCall } from '../instances/roll-call.ts';
import type { Logger } from '../logger.ts';
import type { RulesetOrigin, RulesetSource, Scope } from '../ruleset/ruleset-source.ts';
import type { Admission, KeyGate } from '../sdk/key-gate.ts';
import { RELAY_HEADER, relayHeader } from '../sdk/relay-proof.ts';
import { VERSION } from '../version.ts';
import { AskingLanes } from './asking-lanes.ts';
import { RelayReports } from './relay-reports.ts';
import { Upstream } from './upstream.ts';

// Why: decision 0094.
/** The project that stands in a scope of a relay, which knows keys and no projects. */
export const RELAYED = 'relayed';

/** How long the server above has to say whether it knows a key. */
const ASK_MS = 5_000;
/**
 * New keys asked about at once, in sum and of one network: a client that makes keys up must not fill the server above
 * with them.
 */
const MAX_ASKED = 20;
const MAX_ASKED_OF_ONE = 4;
/** Negative cache: how long a refused key is not asked about again. */
const REFUSED_MS = 30_000;
const MAX_REFUSED = 10_000;
/** Keys that have been good: they never wait behind unknown ones. */
const MAX_GOOD = 10_000;

interface KeyRingOptions {
  readonly upstream: UpstreamConfig;
  /** The name of this relay. */
  readonly node: string;
  readonly now: () => number;
  readonly logger: Logger;
  /** How the instances that came with a key stand. */
  readonly roll: (keyHash: string) => RollCall;
}

/** One key, with its stream and its reports. */
interface Ring {
  readonly token: string;
  readonly kind: 'server' | 'browser';
  readonly upstream: Upstream;
  readonly reports: RelayReports;
}

/**
 * The keys that SDKs come with, each with a stream from the server above. A key is known to be good by what it opens
 * there, now or before a restart; so a relay needs no keys of its own, and no list of them.
 */
export class KeyRing implements KeyGate, RulesetOrigin {
  readonly #options: KeyRingOptions;
  readonly #rings = new Map<string, Ring>();
  /** Until when a key counts as refused, ms since 1970. */
  readonly #refused = new Map<string, number>();
  readonly #good = new Set<string>();
  readonly #lanes = new AskingLanes(MAX_ASKED, MAX_ASKED_OF_ONE);
  /**
   * Single flight: unknown keys that are being asked about, or wait for it; once each, however many clients come with
   * one.
   */
  readonly #asking = new Map<string, Promise<Admission>>();
  /** What still writes and sends what is left. */
  readonly #closing = new Set<Promise<unknown>>();

  constructor(options: KeyRingOptions) {
    this.#options = options;
  }

  admit(token: string | undefined, networkOf: () => string): Admission | Promise<Admission> {
    if (!token) return { ok: false, code: 'KEY_MISSING' };
    const kind = parseToken(token)?.kind;
    if (kind === undefined) return { ok: false, code: 'KEY_UNKNOWN' };
    if (kind === 'admin') return { ok: false, code: 'KEY_KIND_WRONG' };
    const hash = hashOf(token);
    if (this.#isRefused(hash)) return { ok: false, code: 'KEY_UNKNOWN' };
    const known = this.#rings.get(hash);
    if (known && known.upstream.state !== 'unknown') return this.#admission(hash, kind);
    if (known || this.#wasGood(hash, token)) return this.#ask(hash, token, kind);
    let asking = this.#asking.get(hash);
    if (asking === undefined) {
      asking = this.#askInLine(hash, token, kind, networkOf()).finally(() => this.#asking.delete(hash));
      this.#asking.set(hash, asking);
    }
    return asking;
  }

  #ask(hash: string, token: string, kind: Ring['kind']): Admission | Promise<Admission> {
    const { upstream } = this.#rings.get(hash) ?? this.#open(hash, token, kind);
    if (upstream.state !== 'unknown') return this.#admission(hash, kind);
    return upstream.settled(ASK_MS).then(() => this.#admission(hash, kind));
  }

  async #askInLine(hash: string, token: string, kind: Ring['kind'], network: string): Promise<Admission> {
    if (!(await this.#lanes.enter(network, ASK_MS))) return { ok: false, code: 'UPSTREAM_UNAVAILABLE' };
    try {
      return await this.#ask(hash, token, kind);
    } finally {
      this.#lanes.leave(network);
    }
  }

  /** A key that has been good, now or before a restart of this relay, never waits behind made-up keys. */
  #wasGood(hash: string, token: string): boolean {
    return this.#good.has(hash) || this.#cacheOf(token).exists();
  }

  #cacheOf(token: string): FileCache {
    const { upstream, logger } = this.#options;
    const complain = (error: string) => logger.warn('A ruleset cannot be kept for a restart', { error });
    return createFileCache(upstream.folder, upstream.url.href, token, complain);
  }

  /** Only keys that SDKs have come with are known: nobody is asked about one for this. */
  isRelay(serverKeys: readonly string[]): boolean {
    return serverKeys.some((token) => /^(live|kept)$/.test(this.#rings.get(hashOf(token))?.upstream.state ?? ''));
  }

  open({ environment: hash }: Scope, wake: () => void): RulesetSource {
    const ring = this.#rings.get(hash);
    if (!ring) throw new Error('A ruleset was asked for whose key has not been let in.');
    return ring.upstream.open(wake, () => this.#close(hash));
  }

  get(hash: string): Ring | undefined {
    return this.#rings.get(hash);
  }

  /** Keys in use, and those of them whose stream works. */
  count(): { readonly keys: number; readonly live: number } {
    const all = [...this.#rings.values()];
    return { keys: all.length, live: all.filter(({ upstream }) => upstream.state === 'live').length };
  }

  /** How far the clock of the servers above is ahead of ours, ms: clients reckon by it how late a change came. */
  aheadMs(): number {
    const [first] = this.#rings.values();
    return first ? first.upstream.now() - this.#options.now() : 0;
  }

  async close(): Promise<void> {
    for (const hash of [...this.#rings.keys()]) this.#close(hash);
    await Promise.all(this.#closing);
  }

  #admission(hash: string, audience: 'server' | 'browser'): Admission {
    const state = this.#rings.get(hash)?.upstream.state ?? 'unknown';
    if (state === 'refused') {
      this.#refuse(hash);
      return { ok: false, code: 'KEY_UNKNOWN' };
    }
    if (state === 'unknown') {
      // Nobody streams by it, so nobody would ever let go of it.
      this.#close(hash);
      return { ok: false, code: 'UPSTREAM_UNAVAILABLE' };
    }
    this.#good.delete(hash);
    this.#good.add(hash);
    forgetFirst(this.#good, MAX_GOOD);
    const isValid = (): boolean => this.#rings.get(hash)?.upstream.state !== 'refused';
    return {
      ok: true,
      access: { scope: { project: RELAYED, environment: hash, audience }, key: { id: hash, isValid } },
    };
  }

  #open(hash: string, token: string, kind: Ring['kind']): Ring {
    const { upstream: config, node, now, logger, roll } = this.#options;
    // Two keys of one environment are two connections of this relay there, and must not be taken for one.
    const identity = { instance: `${node}#${hash.slice(0, 4)}`.slice(-100), sdk: `relay/${VERSION}` };
    // Anybody has a key of browsers. That this is a relay, which speaks for many, the server keys say that came to it.
    const proof = () => (kind === 'server' ? {} : this.#proof());
    const connection = connectNode(config.url, token, new URLSearchParams(identity), proof);
    const reports = new RelayReports({ connection, identity, now, logger, roll: () => roll(hash) });
    const upstream: Upstream = new Upstream({
      connection,
      now,
      logger,
      name: hash.slice(0, 8),
      cache: this.#cacheOf(token),
      changed: () => {
        if (this.#rings.get(hash)?.upstream.state !== 'live') return;
        reports.rollCallSoon();
        // What the server above did not believe for want of a server key it may believe now.
        if (kind !== 'server') return;
        for (const other of this.#rings.values()) if (other.kind === 'browser') other.reports.rollCallSoon();
      },
      moved: (id) => reports.applied(id),
      failed: (why) => reports.failed(why),
    });
    const ring = { token, kind, upstream, reports };
    this.#rings.set(hash, ring);
    return ring;
  }

  #proof(): Readonly<Record<string, string>> {
    const good = [...this.#rings.values()].filter(
      ({ kind, upstream }) => kind === 'server' && upstream.state === 'live',
    );
    return good.length === 0 ? {} : { [RELAY_HEADER]: relayHeader(good.map(({ token }) => token)) };
  }

  #close(hash: string): void {
    const ring = this.#rings.get(hash);
    if (!ring) return;
    this.#rings.delete(hash);
    const closing = Promise.all([ring.upstream.close(), ring.reports.close()]);
    this.#closing.add(closing);
    void closing.finally(() => this.#closing.delete(closing));
  }

  #refuse(hash: string): void {
    this.#close(hash);
    this.#good.delete(hash);
    this.#refused.delete(hash);
    this.#refused.set(hash, this.#options.now() + REFUSED_MS);
    forgetFirst(this.#refused, MAX_REFUSED);
  }

  #isRefused(hash: string): boolean {
    return (this.#refused.get(hash) ?? 0) > this.#options.now();
  }
}

/** The first is the one that has been there for longest. */
function forgetFirst(names: Set<string> | Map<string, unknown>, most: number): void {
  const [first] = names.keys();
  if (names.size > most && first !== undefined) names.delete(first);
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex').slice(0, 32);
}
