/**
 * Supervisor: keeps one stream alive for ever. The sources below it give up after one failure (as `EventSource` does
 * on a 503); this decides whether it was a failure, how long to wait, and never stops. What comes goes to the replica.
 */
import type { CreateFallback, FallbackReceiver } from './fallback.ts';
import type { Connection, Platform } from './platform.ts';
import type { Replica } from './replica.ts';
import { isKeyRefused, isRefusal, retryDelayMs } from './retry-policy.ts';
import type { Emit } from './signals.ts';
import type { ConnectionState, Status } from './status.ts';
import type { StreamFailure } from './stream-source.ts';

/** To the answer's headers, and from there to the first event. */
const OPENING_MS = 10_000;
/** The server pings every 15 s ± 20 %: two lost in a row, and a third late. */
const IDLE_MS = 45_000;
/** How long a stream must work before the failures before it are forgotten. */
const HEALTHY_MS = 60_000;
const MAX_GOODBYE_MS = 60_000;

/** Where what comes goes: a replica, or what of one a stream and its fallback need. */
interface Receiver extends FallbackReceiver, Pick<Replica, 'receive'> {}

export interface Stream {
  /** Opens the stream now, in the place of any that is open. */
  readonly connect: () => void;
  /** Closes the stream and tries no more until `connect`. */
  readonly rest: () => void;
  /** Closes the stream and tries no more. */
  readonly close: () => void;
  readonly status: () => Pick<Status, 'state' | 'since' | 'lastError'>;
  /** True while waiting for rules is pointless: the key is refused, or a certificate. */
  readonly isFinal: () => boolean;
}

interface StreamDeps extends Pick<Platform, 'now' | 'random' | 'after' | 'log'> {
  /** Absent where there is nothing to connect to. */
  readonly connection: Connection | undefined;
  readonly replica: Receiver;
  readonly emit: Emit;
  /** Makes what gets the rules while no stream works. */
  readonly fallback?: CreateFallback | undefined;
}

/** Connects where there is something to connect to. */
export function createStream({
  now,
  random,
  after,
  log,
  connection,
  replica,
  emit,
  fallback: createFallback,
}: StreamDeps): Stream {
  let state: ConnectionState = connection ? 'connecting' : 'offline';
  let since = now();
  let lastError: string | null = null;
  let isFinal = false;
  /** The state of which the log has heard, as long as it lasts. */
  let complaint: ConnectionState | '' | undefined;
  /** Failures in a row. */
  let failures = 0;
  /** When the first event of the present stream came; 0 before it. */
  let liveSince = 0;
  /** The next attempt asks for a snapshot, because the last payload could not be used. */
  let forgets = false;
  let closeStream: (() => void) | undefined;
  let cancelTimer: (() => void) | undefined;

  /** Changes the state. `error` says why, if something is wrong; the log hears of it once, not at each attempt. */
  function enter(next: ConnectionState, error?: string, final = false): void {
    lastError = error ?? lastError;
    const isNews = next !== state || final !== isFinal;
    isFinal = final;
    if (error && next !== complaint) log(next === 'refused' ? 'STREAM_REFUSED' : 'STREAM_LOST', error);
    complaint = error && next;
    if (next !== state) since = now();
    state = next;
    if (isNews) emit('state');
  }

  const fallback = connection && createFallback?.({ random, after, connection, replica, enter });

  function drop(): void {
    cancelTimer?.();
    closeStream?.();
    closeStream = undefined;
    if (liveSince && now() - liveSince >= HEALTHY_MS) failures = 0;
    liveSince = 0;
  }

  function lose(failure: StreamFailure, resync = false): void {
    const delivered = liveSince > 0 || resync;
    drop();
    if (failure.unusable) emit('refused', failure.message);
    const delayMs = retryDelayMs({ ...failure, failures: failures++, delivered, resync }, random);
    const probeMs = fallback?.lost(failure, failures);
    cancelTimer = after(probeMs || delayMs, connect);
    // While rules come another way, one lost stream more is no news.
    if (probeMs !== undefined) lastError = failure.message;
    else {
      const final = isKeyRefused(failure.status) || failure.refused;
      enter(isRefusal(failure) ? 'refused' : 'reconnecting', failure.message, final);
    }
  }

  /** Gives the stream up if nothing arrives in the given time. */
  function expect(withinMs: number): void {
    cancelTimer?.();
    cancelTimer = after(withinMs, () => lose({ message: `silent for ${withinMs} ms` }));
  }

  function take(type: string, data: string, payload?: unknown): void {
    if (type === 'goodbye') {
      // The server asks to come back later, to itself or to its successor. That is no failure, and a goodbye that
      // cannot be read is still one.
      drop();
      cancelTimer = after(Math.min(MAX_GOODBYE_MS, Number(/"reconnectInMs":\s*(\d+)/.exec(data)?.[1] ?? 0)), connect);
      enter('reconnecting');
      return;
    }
    expect(IDLE_MS);
    const problem = replica.receive(type, data, liveSince > 0, payload);
    forgets = problem !== undefined;
    if (problem) lose({ message: problem, unusable: !/^a gap/.test(problem) }, true);
    else if (!liveSince) {
      liveSince = now();
      fallback?.stop();
      enter('live');
    }
  }

  function connect(): void {
    if (!connection) return;
    if (state === 'paused') enter('reconnecting');
    drop();
    expect(OPENING_MS);
    fallback?.opening();
    try {
      closeStream = connection.stream.open(forgets ? '' : replica.ruleset.id, {
        alive: () => expect(liveSince ? IDLE_MS : OPENING_MS),
        event: take,
        failed: lose,
      });
    } catch (error) {
      // `EventSource` throws at an address that is none.
      lose({ message: `${error}`, refused: true });
    }
  }

  function end(last: ConnectionState): void {
    drop();
    fallback?.stop();
    enter(last);
  }

  return {
    connect,
    rest: () => end('paused'),
    close: () => end('closed'),
    status: () => ({ state, since, lastError }),
    isFinal: () => isFinal,
  };
}
