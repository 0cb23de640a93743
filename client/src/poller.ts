/**
 * Fallback polling: fetches the whole ruleset while no stream works, and stops while one does: at once for a client
 * that has heard nothing yet, and from time to time where no stream comes for long. Where something on the way holds
 * streams up for ever, or the server has no room for another one, there would be no rules at all without it.
 * Why: decision 0077, decision 0136.
 */
import type { CreateFallback } from './fallback.ts';
import type { Answer } from './platform.ts';
import { refusalText } from './refusal-text.ts';
import { isKeyRefused, isRefusal, probeDelayMs, retryDelayMs } from './retry-policy.ts';

const MIN_INTERVAL_MS = 30_000;
const AFTER_FAILURES = 3;
/** How long a first stream may bring nothing before the rules are fetched: less than what `ready()` waits. */
const HELD_UP_MS = 2_000;
const HELD_UP_SPREAD_MS = 1_000;

/** @param intervalMs at least 30,000 */
export function pollingEvery(intervalMs: number): CreateFallback {
  return ({ random, after, connection, replica, enter }) => {
    /** Rules come this way from time to time; not yet after the one early question. */
    let isPolling = false;
    let isAsking = false;
    /** What is held has come, or been confirmed, this way. */
    let hasRules = false;
    /** Cancels the next poll; undefined while standing still. */
    let cancel: (() => void) | undefined;

    function stop(): void {
      cancel?.();
      cancel = undefined;
      isPolling = hasRules = false;
    }

    /** @param isEarly the first question of a client that has heard nothing: where its connection stands, the stream says */
    async function poll(isEarly = false): Promise<void> {
      const turn = cancel;
      isAsking = true;
      const answer = await connection.request('ruleset', undefined, replica.ruleset.id);
      isAsking = false;
      // A stream that has come meanwhile knows better than this answer.
      if (turn !== cancel) return;
      const problem = take(answer);
      hasRules = problem === undefined;
      if (isKeyRefused(answer.status)) enter('refused', problem, true);
      else if (!isEarly) {
        isPolling = hasRules;
        enter(isPolling ? 'polling' : 'reconnecting', problem);
      }
      cancel = after(delayMs(answer), poll);
    }

    function take({ status, text, payload }: Answer): string | undefined {
      if (status === 304) return replica.confirm('poll');
      if (status !== 200) return status ? refusalText(status, text) : 'no answer';
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
      opening() {
        if (!replica.heardAt) cancel ??= after(HELD_UP_MS + random() * HELD_UP_SPREAD_MS, () => poll(true));
      },
      /**
       * Asks at once when a client that has heard nothing yet is answered anything but a stream, once; later at the third
       * failure in a row, or 30 s after the first; not while the key is refused, as it would be here.
       */
      lost({ status, retryAfterMs }, failures) {
        const isEarly = failures === 1 && !!status && !replica.heardAt && !isAsking;
        const isDue = failures === AFTER_FAILURES && !isPolling && !isAsking;
        if (isDue && hasRules) {
          isPolling = true;
          enter('polling');
        } else if (isEarly || isDue || isKeyRefused(status)) stop();
        if (isKeyRefused(status)) return undefined;
        cancel ??= after(isEarly || failures >= AFTER_FAILURES ? 0 : MIN_INTERVAL_MS, () => poll(isEarly));
        // Who says when to come back is a server that streams, and has no room at the moment.
        if (isPolling) return retryAfterMs ? 0 : probeDelayMs(random);
        return undefined;
      },
      stop,
    };
  };
}
