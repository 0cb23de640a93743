/**
 * Fetches the whole ruleset from time to time while no stream works, and stands still while one does: where something on
 * the way holds streams up for ever, there would be no rules at all without it.
 */
import type { CreateFallback, Fallback } from './fallback.ts';
import type { Answer, Connection, Platform } from './platform.ts';
import type { Replica } from './replica.ts';
import { isKeyRefused, isRefusal, probeDelayMs, retryDelayMs } from './retry-policy.ts';

const MIN_INTERVAL_MS = 30_000;
const AFTER_FAILURES = 3;

/** @param intervalMs at least 30,000 */
export function createPoller(
  connection: Connection,
  { after, random }: Pick<Platform, 'after' | 'random'>,
  intervalMs: number,
  replica: Replica,
  enter: Parameters<CreateFallback>[1],
): Fallback {
  let isPolling = false;
  /** Cancels the next poll; undefined while standing still. */
  let cancel: (() => void) | undefined;

  function stop(): void {
    cancel?.();
    cancel = undefined;
    isPolling = false;
  }

  async function poll(): Promise<void> {
    const turn = cancel;
    const answer = await connection.request('ruleset', undefined, replica.ruleset.id);
    // A stream that has come meanwhile knows better than this answer.
    if (turn !== cancel) return;
    const problem = take(answer);
    isPolling = problem === undefined;
    enter(isPolling ? 'polling' : 'reconnecting', problem);
    cancel = after(delayMs(answer), poll);
  }

  function take({ status, text, payload }: Answer): string | undefined {
    if (status === 304) return replica.confirm('poll');
    if (status !== 200) return `HTTP ${status}`;
    try {
      return replica.replace(payload ?? JSON.parse(text), 'poll');
    } catch (error) {
      return `a ruleset that cannot be read: ${error}`;
    }
  }

  function delayMs(answer: Answer): number {
    const isAnswered = answer.status === 200 || answer.status === 304;
    if (!isAnswered && isRefusal(answer)) return retryDelayMs({ ...answer, failures: 0 }, random);
    return Math.max(MIN_INTERVAL_MS, intervalMs) * (0.9 + random() * 0.2) + answer.retryAfterMs;
  }

  return {
    /** Begins at the third failure in a row, or 30 s after the first; not while the key is refused, as it would be here. */
    lost({ status, retryAfterMs }, failures) {
      if (isKeyRefused(status) || (failures === AFTER_FAILURES && !isPolling)) stop();
      if (isKeyRefused(status)) return undefined;
      cancel ??= after(failures < AFTER_FAILURES ? MIN_INTERVAL_MS : 0, poll);
      // Who says when to come back is a server that streams, and has no room at the moment.
      if (isPolling) return retryAfterMs ? 0 : probeDelayMs(random);
      return undefined;
    },
    stop,
  };
}
