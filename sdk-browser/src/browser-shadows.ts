/**
 * Shadows in browsers: only while the page is visible and idle, never where the visitor saves data, and of all visitors
 * together no more than the fleet's ceiling.
 */
import type { ShadowWorld } from '@dimmer/client';

/** Browsers that have no such thing (Safari) run it after what waits. */
const defer: (run: () => void) => void =
  globalThis.requestIdleCallback?.bind(globalThis) ?? ((run: () => void) => void setTimeout(run));

/** The part of Chromium's Network Information API that is used; other browsers have none, and then nobody saves data. */
type Saving = { readonly connection?: { readonly saveData?: boolean } };

export function createBrowserShadows(): ShadowWorld {
  const clock = () => performance.now();
  let depth = 0;
  /*
   * A bucket of one token, which fills at this client's part of the ceiling. It begins at a random level: a page that
   * lives shorter than its turn takes to come gets it now and then all the same, and the fleet's sum is right.
   */
  let tokens = Math.random();
  let filledAt = clock();

  return {
    clock,
    defer: (run) => defer(() => run()),
    shadowed(code) {
      depth++;
      try {
        return code();
      } finally {
        depth--;
      }
    },
    inShadow: () => depth > 0,
    defersAtOnce: false,
    refuses(callsPerSecond) {
      const now = clock();
      tokens = Math.min(1, tokens + ((now - filledAt) / 1_000) * callsPerSecond);
      filledAt = now;
      // On a server that renders the page, and in a worker, there is none to be seen.
      if (globalThis.document?.hidden ?? true) return 'hidden';
      if ((globalThis.navigator as Saving | undefined)?.connection?.saveData) return 'saveData';
      if (tokens < 1) return 'fleet';
      tokens = 0;
      return undefined;
    },
    maxShadows: 5,
  };
}
