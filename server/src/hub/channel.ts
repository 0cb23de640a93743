import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { MOST_EVENT_BYTES } from '@dimmer/core';
import type { RulesetOrigin, RulesetSource, Scope } from '../ruleset/ruleset-source.ts';
import { patchFrame, pingFrame, retryFrame, snapshotBody, snapshotFrame } from './frames.ts';
import type { HubObserver } from './hub-observer.ts';
import { PatchRing } from './patch-ring.ts';
import type { SseStream } from './sse-stream.ts';

/**
 * Streams written to in one turn of the event loop. The last client has a change as soon as without slices, and
 * evaluation requests that arrive during a fan-out to 10,000 wait 2 ms instead of 115 (with 250 in a turn, 3 ms).
 */
const SLICE = 100;

/** Wake-ups without a stream after which the ruleset advances all the same, so that a source need not remember more. */
const IDLE_WAKES = 1_000;

/** Steps cached at once. Further ones are built for each request: rare, and better than a memory full of them. */
const STEPS_KEPT = 100;

/** A longer patch is compared with the whole ruleset. */
const LONG_PATCH_CHARACTERS = 1024 * 1024;

const RETRY_MS = { min: 2_000, max: 8_000 } as const;

/** A snapshot as `GET /sdk/v1/ruleset` answers it. */
export interface RulesetBody {
  readonly id: string;
  readonly json: Buffer;
  /** The same compressed: once for each id, in another thread, for the first who asks. */
  gzip(): Promise<Buffer>;
}

const compress = promisify(gzip);

interface ChannelOptions {
  readonly now: () => number;
  readonly random: () => number;
  readonly observer: HubObserver;
}

/** The frame that brings a stream from where it is to the present. */
interface Step {
  readonly kind: 'snapshot' | 'patch';
  readonly frame: Buffer;
}

/**
 * Fan-out: one ruleset and all streams of it. A change is turned into bytes once; all streams are written the same
 * buffer.
 *
 * Changes of one turn of the event loop become one patch. While a fan-out is under way new changes wait for its end and
 * become one patch again, so a burst costs the slowest reader no more than the fastest.
 */
export class Channel {
  readonly scope: Scope;
  readonly #source: RulesetSource;
  readonly #ring: PatchRing;
  readonly #streams = new Set<SseStream>();
  readonly #options: ChannelOptions;
  readonly #steps = new Map<string, Step>();
  #snapshot: Buffer | null = null;
  #body: RulesetBody | null = null;
  #ping: { readonly id: string; readonly at: number; readonly clients: number; readonly frame: Buffer } | null = null;
  #flush: NodeJS.Immediate | null = null;
  #fanningOut = false;
  /** The id that the last fan-out has brought everybody to. */
  #fannedId: string;
  #wakes = 0;
  #idleSince: number;

  constructor(scope: Scope, origin: RulesetOrigin, options: ChannelOptions) {
    this.scope = scope;
    this.#options = options;
    this.#ring = new PatchRing(options.now);
    this.#source = origin.open(scope, () => this.#woken());
    this.#fannedId = this.#source.id;
    this.#idleSince = options.now();
  }

  get size(): number {
    return this.#streams.size;
  }

  /** Since when nobody has streamed this ruleset, ms since 1970; `null` while somebody does. */
  get idleSince(): number | null {
    return this.#streams.size > 0 ? null : this.#idleSince;
  }

  /** The id that the ruleset is at. */
  get id(): string {
    this.#advance();
    return this.#source.id;
  }

  /** Whether an id is of this ruleset's history, as far as that is remembered: what a client says to hold may be anybody's. */
  knows(id: string): boolean {
    this.#advance();
    return id === this.#source.id || this.#ring.knows(id);
  }

  /** Whether an SDK takes what would bring it from `lastId` to the present. */
  fits(lastId: string | null): boolean {
    this.#advance();
    return lastId === this.#source.id || isTaken(this.#stepFrom(lastId));
  }

  /** The whole ruleset, current. The same bytes for everybody until it changes. */
  ruleset(): RulesetBody {
    this.#advance();
    this.#idleSince = this.#options.now();
    const { id } = this.#source;
    if (this.#body?.id !== id) {
      const json = snapshotBody(id, this.#snapshotFrame());
      let compressed: Promise<Buffer> | null = null;
      this.#body = { id, json, gzip: () => (compressed ??= compress(json)) };
    }
    return this.#body;
  }

  /**
   * Opens a stream: a snapshot, one patch, or nothing but a ping, by what the client has.
   *
   * @param lastId the id of the client's replica, if it says so
   */
  attach(stream: SseStream, headers: Readonly<Record<string, string>>, lastId: string | null): void {
    this.#advance();
    const { id } = this.#source;
    const retryMs = Math.round(RETRY_MS.min + this.#options.random() * (RETRY_MS.max - RETRY_MS.min));
    const frames: (Buffer | string)[] = [retryFrame(retryMs)];
    if (lastId !== id) frames.push(this.#stepFrom(lastId).frame);
    this.#streams.add(stream);
    frames.push(this.#pingFrame());
    stream.open(headers, frames, id);
  }

  detach(stream: SseStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size === 0) this.#idleSince = this.#options.now();
  }

  /** Sends what a stream lacks, if its reader keeps up. */
  bringUp(stream: SseStream): void {
    if (stream.id === this.#source.id || !stream.takesMore()) return;
    const step = this.#stepFrom(stream.id);
    // The next ping tells it that there is more, and on its way back it hears why it is not sent.
    if (!isTaken(step)) return;
    const { frame, kind } = step;
    stream.send(frame, this.#source.id, kind);
  }

  /** Pings a stream. It is brought up first: a ping with an id that the client has not seen would make it start anew. */
  ping(stream: SseStream): void {
    this.bringUp(stream);
    if (stream.takesMore()) stream.ping(this.#pingFrame());
  }

  close(): void {
    if (this.#flush !== null) clearImmediate(this.#flush);
    this.#source.close();
  }

  #woken(): void {
    if (this.#streams.size === 0 && ++this.#wakes < IDLE_WAKES) return;
    this.#flushSoon();
  }

  #flushSoon(): void {
    this.#flush ??= setImmediate(() => this.#flushNow());
  }

  #flushNow(): void {
    if (this.#flush !== null) clearImmediate(this.#flush);
    this.#flush = null;
    // A fan-out under way looks for more when it is done.
    if (this.#fanningOut) return;
    this.#advance();
    if (this.#source.id !== this.#fannedId) this.#fanOut();
  }

  #fanOut(): void {
    this.#fanningOut = true;
    this.#fanOutSlice(this.#streams.values(), this.#source.id, performance.now());
  }

  /** A Set's iterator lives through additions and deletions: who has gone is not visited, who has come is up to date. */
  #fanOutSlice(streams: Iterator<SseStream>, target: string, startedAt: number): void {
    for (let written = 0; written < SLICE; written += 1) {
      const next = streams.next();
      if (next.done === true) {
        this.#fannedOut(target, startedAt);
        return;
      }
      this.bringUp(next.value);
    }
    setImmediate(() => this.#fanOutSlice(streams, target, startedAt));
  }

  #fannedOut(target: string, startedAt: number): void {
    this.#fanningOut = false;
    this.#fannedId = target;
    this.#options.observer.fannedOut(this.scope.audience, this.#streams.size, performance.now() - startedAt);
    // What has come meanwhile, also if somebody who connected has moved the ruleset on.
    this.#flushNow();
  }

  #advance(): void {
    this.#wakes = 0;
    const from = this.#source.id;
    const json = this.#source.advance();
    if (json === null) return;
    this.#ring.push(from, json);
    this.#steps.clear();
    this.#snapshot = null;
    // Streams are still at the old id.
    if (this.#streams.size > 0) this.#flushSoon();
  }

  #stepFrom(id: string | null): Step {
    return (id === null ? null : this.#patchFrom(id)) ?? { kind: 'snapshot', frame: this.#snapshotFrame() };
  }

  /** Kept by the id it starts from: in a fan-out all ask for the same step, and in a storm of reconnects nearly all. */
  #patchFrom(id: string): Step | null {
    const known = this.#steps.get(id);
    if (known !== undefined) return known;
    const json = this.#ring.since(id);
    if (json === null) return null;
    // The names of what is gone can make a patch the longer way.
    if (json.length > LONG_PATCH_CHARACTERS && json.length > 1.1 * this.#source.snapshotJson().length) return null;
    this.#options.observer.encoded(this.scope.audience, 'patch');
    const step: Step = { kind: 'patch', frame: patchFrame(this.#source.id, json) };
    if (this.#steps.size < STEPS_KEPT) this.#steps.set(id, step);
    return step;
  }

  #snapshotFrame(): Buffer {
    if (this.#snapshot === null) {
      this.#options.observer.encoded(this.scope.audience, 'snapshot');
      this.#snapshot = snapshotFrame(this.#source.id, this.#source.snapshotJson());
    }
    return this.#snapshot;
  }

  /** One buffer for all pings of the same millisecond. */
  #pingFrame(): Buffer {
    const { id } = this.#source;
    const at = this.#options.now();
    const clients = this.#streams.size;
    if (this.#ping?.id !== id || this.#ping.at !== at || this.#ping.clients !== clients)
      this.#ping = { id, at, clients, frame: pingFrame(id, at, clients) };
    return this.#ping.frame;
  }
}

/** What is larger is refused by every SDK. */
function isTaken({ frame }: Step): boolean {
  return frame.length <= MOST_EVENT_BYTES;
}
