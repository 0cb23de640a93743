/** A world whose clock stands still until the test moves it, whose die is loaded, and whose streams are puppets. */
import {
  type Answer,
  type ClientDeps,
  type Connection,
  type LogCode,
  type Platform,
  pollingEvery,
  type StreamFailure,
  type StreamSink,
} from '@dimmer/client';

interface Timer {
  readonly at: number;
  readonly run: () => void;
  readonly hold: boolean;
}

/** One stream that the client has opened. */
export interface Puppet {
  readonly id: string;
  readonly sink: StreamSink;
  open: boolean;
}

const START_MS = 1_760_000_000_000;

export class FakeWorld {
  /** Time that has passed awake, from an instant on. Timers go by it. */
  nowMs = START_MS;
  /** What the wall clock has got ahead of that, by sleep or by being set. */
  aheadMs = 0;
  /** What `random()` answers; a function for more than one answer. */
  die: () => number = () => 0.5;
  readonly streams: Puppet[] = [];
  readonly logged: { code: LogCode; detail: string }[] = [];
  readonly requests: { path: string; body: string | undefined; id: string | undefined }[] = [];
  /** What the endpoints other than the stream answer. */
  answer: (path: string, body?: string) => Answer | Promise<Answer> = () => answerOf(202);
  readonly written: object[] = [];
  kept: string | undefined;
  #timers: Timer[] = [];
  readonly #wakers = new Set<() => void>();

  readonly connection: Connection = this.#connection();

  readonly platform: Platform = {
    now: () => this.nowMs + this.aheadMs,
    steady: () => this.nowMs,
    random: () => this.die(),
    after: (delayMs, run, hold = false) => {
      const timer = { at: this.nowMs + delayMs, run, hold };
      this.#timers.push(timer);
      return () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      };
    },
    log: (code, detail) => void this.logged.push({ code, detail }),
    cache: { read: () => this.kept, write: (snapshot) => void this.written.push(snapshot) },
    connect: () => this.connection,
  };

  /** What a client of this world is made with. */
  readonly deps: ClientDeps = {
    ...this.platform,
    identity: { instance: 'i-1', application: 'shop', sdk: 'test/1' },
    limits: { receiptShare: 1, receiptSpreadMs: 200, maxCounts: 1_000, maxLaunchLength: 500_000, maxPending: 3 },
    fallback: pollingEvery(0),
    lifecycle: ({ stream: { connect } }) => {
      connect();
      this.#wakers.add(connect);
      return () => this.#wakers.delete(connect);
    },
  };

  /** The stream that is open now. */
  get stream(): Puppet {
    const stream = this.streams.findLast(({ open }) => open);
    if (!stream) throw new Error('no stream is open');
    return stream;
  }

  get timerCount(): number {
    return this.#timers.length;
  }

  /** Sleeps: the wall clock goes on, timers do not, and then somebody notices. */
  sleep(ms: number): void {
    this.aheadMs += ms;
    for (const woken of this.#wakers) woken();
  }

  get holdsProcess(): boolean {
    return this.#timers.some(({ hold }) => hold);
  }

  /** How long until the next stream is opened, by letting time pass until it is. */
  untilNextStreamMs(limitMs = 3_600_000): number {
    const before = this.streams.length;
    const start = this.nowMs;
    while (this.streams.length === before) {
      const next = this.#next();
      if (!next || next.at - start > limitMs) throw new Error('no stream was opened');
      this.#fire(next);
    }
    return this.nowMs - start;
  }

  /** Lets time pass, firing what falls due, in order. */
  pass(ms: number): void {
    const end = this.nowMs + ms;
    for (let next = this.#next(); next && next.at <= end; next = this.#next()) this.#fire(next);
    this.nowMs = end;
  }

  /** Lets time pass as `pass` does, and lets promises settle in between. */
  async passSlowly(ms: number): Promise<void> {
    const end = this.nowMs + ms;
    await settled();
    for (let next = this.#next(); next && next.at <= end; next = this.#next()) {
      this.#fire(next);
      await settled();
    }
    this.nowMs = end;
  }

  #next(): Timer | undefined {
    return this.#timers.toSorted((a, b) => a.at - b.at)[0];
  }

  #fire(timer: Timer): void {
    this.#timers = this.#timers.filter((other) => other !== timer);
    this.nowMs = Math.max(this.nowMs, timer.at);
    timer.run();
  }

  #connection(): Connection {
    return {
      stream: {
        open: (id, sink) => {
          const puppet: Puppet = { id, sink, open: true };
          this.streams.push(puppet);
          return () => {
            puppet.open = false;
          };
        },
      },
      request: async (path, body, id) => {
        this.requests.push({ path, body, id });
        return this.answer(path, body);
      },
    };
  }
}

/** Lets every promise that can settle do so. */
export function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export function answerOf(status: number, text = '', retryAfterMs = 0): Answer {
  return { status, text, retryAfterMs };
}

export function failureOf(status: number, rest: Partial<StreamFailure> = {}): StreamFailure {
  return { status, retryAfterMs: 0, message: status ? `HTTP ${status}` : 'connection reset', ...rest };
}
