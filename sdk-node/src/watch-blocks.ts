/**
 * Event-loop blocking after an `await`: each callback of a promise, timer or socket is timed, and charged to the
 * shadow that it belongs to. The engine calls the hook for all promises of the process, so it is on only while shadows run.
 */
import { createHook } from 'node:async_hooks';

/** Shorter stretches are not felt, and not told of, ms. */
const FELT_MS = 1;
/** How long the hook stays on after the last shadow, ms: turning it on and off costs more than the hook does. */
const LINGER_MS = 1_000;
/** Gap below which two callbacks are one stretch, ms: a storm of microtasks lets nothing else run. */
const GAP_MS = 0.05;

/** Whom stretches are charged to. */
export interface Charged {
  readonly charge: (blockedMs: number) => void;
}

export interface BlockWatch {
  /** A shadow begins; the answer says that it is over. */
  readonly watch: () => () => void;
}

/** @param current whose callback is running */
export function createBlockWatch(current: () => Charged | undefined): BlockWatch {
  let watching = 0;
  let began = 0;
  let running: Charged | undefined;
  let depth = 0;
  /** The stretch that is not over for as long as one callback follows the other. */
  let stretch: Charged | undefined;
  let stretchMs = 0;
  let endedAt = 0;

  function tell(): void {
    if (stretch && stretchMs >= FELT_MS) stretch.charge(stretchMs);
    stretch = undefined;
    stretchMs = 0;
  }

  function before(): void {
    if (depth++) return;
    running = current();
    if (running || stretch) began = performance.now();
    if (stretch && (running !== stretch || began - endedAt > GAP_MS)) tell();
  }

  function after(): void {
    if (depth > 0) depth--;
    if (depth || !running) return;
    endedAt = performance.now();
    stretch = running;
    stretchMs += endedAt - began;
    running = undefined;
    // A storm is told of while it goes on.
    if (stretchMs >= 5 * FELT_MS) tell();
  }

  // Costs nothing until it is enabled.
  const hook = createHook({ before, after });
  let lingering: NodeJS.Timeout | undefined;

  return {
    watch() {
      if (!watching++ && !lingering) {
        depth = 0;
        hook.enable();
      }
      return () => {
        if (--watching) return;
        tell();
        lingering ??= setTimeout(() => {
          lingering = undefined;
          if (!watching) hook.disable();
        }, LINGER_MS).unref();
      };
    },
  };
}
