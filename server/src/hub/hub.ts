import type { ServerResponse } from 'node:http';
import type { Audience } from '@dimmer/core';
import type { RulesetOrigin, Scope } from '../ruleset/ruleset-source.ts';
import { Admission, type Newcomer, type Turned } from './admission.ts';
import { Channel, type RulesetBody } from './channel.ts';
import { sayGoodbye } from './goodbye.ts';
import { type HubObserver, NO_OBSERVER } from './hub-observer.ts';
import { KeyWatch, type StreamKey } from './key-watch.ts';
import { PingWheel } from './ping-wheel.ts';
import { SseStream } from './sse-stream.ts';

/** Default rate of new streams: a fifth of what one core can accept; the rest is for changes and requests. */
const NEW_PER_SECOND = 1_500;
/** Many browsers share the address of their company; more than this is one client that wants all the room. */
const BROWSERS_PER_ADDRESS = 200;

/** A revoked or expired key loses its streams within this time. */
const KEY_CHECK_MS = 1_000;

/** A ruleset that nobody streams is dropped after this time; the next request opens it again. */
const IDLE_MS = 10 * 60_000;

/**
 * Rebalancing: a stream ends after half an hour ± 20 % and is opened again, so that load reaches servers that were
 * added, and no connection lives long enough to go wrong over days.
 */
const AGE_MS = { min: 24 * 60_000, max: 36 * 60_000 } as const;

interface HubOptions {
  /** Streams held at once. More are refused, while there are still files left for requests. */
  readonly maxStreams: number;
  /** New streams a second. Default 1,500. */
  readonly newPerSecond?: number;
  /** Streams of browsers from one address at once; 0: as many as they like. Default 200. */
  readonly browsersPerAddress?: number;
  /** Ms since 1970. */
  readonly now?: () => number;
  /** [0, 1) */
  readonly random?: () => number;
  readonly observer?: HubObserver;
}

/** A client that wants to stream. */
interface StreamRequest {
  readonly scope: Scope;
  readonly key: StreamKey;
  /** The id of the client's replica, if it has one. */
  readonly lastId: string | null;
  /** Where it comes from; `null` or absent: not known. */
  readonly address?: string | null;
  readonly out: ServerResponse;
  readonly headers: Readonly<Record<string, string>>;
  /** Called once, when the stream has ended, for whatever reason. */
  readonly onClosed?: () => void;
}

/** Why no stream was opened. All are for now: try again. `large`: no SDK would take what is to be sent. */
export type StreamOutcome = 'open' | Turned | 'draining' | 'large';

interface Member {
  readonly stream: SseStream;
  readonly channel: Channel;
  readonly key: StreamKey;
  readonly newcomer: Newcomer;
  /** When it has been open for long enough, ms since 1970. */
  readonly leavesAt: number;
}

/**
 * All streams of this server: a channel for each ruleset that somebody asks for, one wheel of pings, and the watch over
 * keys. It is fed by a `RulesetOrigin` and knows no database, so a relay has the same hub.
 */
export class Hub {
  readonly #origin: RulesetOrigin;
  readonly #admission: Admission;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #observer: HubObserver;
  readonly #channels = new Map<string, Channel>();
  readonly #members = new Map<SseStream, Member>();
  readonly #keys = new KeyWatch<SseStream>();
  readonly #wheel: PingWheel<Member>;
  readonly #watch: NodeJS.Timeout;
  #draining = false;

  constructor(origin: RulesetOrigin, options: HubOptions) {
    this.#origin = origin;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
    this.#observer = options.observer ?? NO_OBSERVER;
    const { maxStreams, newPerSecond = NEW_PER_SECOND, browsersPerAddress = BROWSERS_PER_ADDRESS } = options;
    this.#admission = new Admission({
      maxStreams,
      newPerSecond,
      browsersPerAddress,
      now: this.#now,
      random: this.#random,
    });
    this.#wheel = new PingWheel((member) => this.#turn(member), this.#random);
    this.#watch = setInterval(() => this.#look(), KEY_CHECK_MS);
  }

  /** Streams open now. */
  get size(): number {
    return this.#members.size;
  }

  get draining(): boolean {
    return this.#draining;
  }

  /** The current ruleset of a scope, as bytes that are shared until it changes. */
  ruleset(scope: Scope): RulesetBody {
    return this.#channel(scope).ruleset();
  }

  /** The id that a scope's ruleset is at. */
  idOf(scope: Scope): string {
    return this.#channel(scope).id;
  }

  /** Whether a client that holds `id` has this scope's ruleset, the current one or a recent one. */
  knows(scope: Scope, id: string): boolean {
    return this.#channel(scope).knows(id);
  }

  /** Streams a ruleset to a response whose head has not been written. */
  open(request: StreamRequest): StreamOutcome {
    if (this.#draining) return 'draining';
    const { scope, key, out, headers, lastId, address = null } = request;
    const channel = this.#channel(scope);
    // Every SDK would refuse it, and ask for it again and again.
    if (!channel.fits(lastId)) return 'large';
    const newcomer: Newcomer = { audience: scope.audience, address };
    const admitted = this.#admission.enter(newcomer);
    if (admitted !== 'open') return admitted;
    const stream = new SseStream(out, {
      drained: (self) => channel.bringUp(self),
      closed: (self, reason) => {
        this.#forget(self);
        this.#observer.closed(scope.audience, reason);
        request.onClosed?.();
      },
    });
    const leavesAt = this.#now() + AGE_MS.min + this.#random() * (AGE_MS.max - AGE_MS.min);
    const member: Member = { stream, channel, key, newcomer, leavesAt };
    this.#members.set(stream, member);
    this.#keys.add(key, stream);
    this.#wheel.add(member);
    this.#observer.opened(scope.audience);
    channel.attach(stream, headers, lastId);
    // The client may have gone before anybody listened for its end.
    if (out.destroyed) stream.destroy('client');
    return 'open';
  }

  /**
   * Retry-After for a refused client, s. Each call gives another time, so call it once for each client.
   *
   * @param isBusy whether the outcome was `busy`
   */
  retryAfterS(isBusy: boolean): number {
    return this.#admission.retryAfterS(isBusy);
  }

  /** Ends the streams of keys that have been revoked or have expired. Runs by itself every second as well. */
  checkKeys(): void {
    const orphans = this.#keys.orphans();
    if (orphans.length > 0) void sayGoodbye(orphans, { overMs: 0, reason: 'key', random: this.#random });
  }

  /**
   * Sends every stream away and takes no new ones.
   *
   * @param overMs the goodbyes are spread over at most this time
   */
  async drain(overMs: number): Promise<void> {
    this.#draining = true;
    const streams = [...this.#members.keys()];
    await sayGoodbye(streams, { overMs, reason: 'drain', random: this.#random });
  }

  /** Cuts what is left and lets go of everything. */
  close(): void {
    this.#draining = true;
    clearInterval(this.#watch);
    for (const stream of [...this.#members.keys()]) stream.destroy('drain');
    this.#wheel.stop();
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }

  /** A stream's turn on the timer wheel: a ping, or a `goodbye` if it has been open for long enough. */
  #turn({ channel, stream, leavesAt }: Member): void {
    if (this.#now() < leavesAt) channel.ping(stream);
    else void sayGoodbye([stream], { overMs: 0, reason: 'age', random: this.#random });
  }

  #channel(scope: Scope): Channel {
    const name = channelName(scope);
    let channel = this.#channels.get(name);
    if (channel === undefined) {
      channel = new Channel(scope, this.#origin, { now: this.#now, random: this.#random, observer: this.#observer });
      this.#channels.set(name, channel);
    }
    return channel;
  }

  #forget(stream: SseStream): void {
    const member = this.#members.get(stream);
    if (member === undefined) return;
    this.#members.delete(stream);
    this.#admission.left(member.newcomer);
    this.#keys.remove(member.key, stream);
    this.#wheel.remove(member);
    member.channel.detach(stream);
  }

  #look(): void {
    this.checkKeys();
    for (const [name, channel] of this.#channels) {
      if (channel.idleSince === null || this.#now() - channel.idleSince < IDLE_MS) continue;
      channel.close();
      this.#channels.delete(name);
    }
  }
}

/** Keys of projects and environments contain no slash. */
function channelName({ project, environment, audience }: Scope): string {
  return `${project}/${environment}/${audience}` satisfies `${string}/${string}/${Audience}`;
}
