import type { Cache } from '@dimmer/client';

/**
 * Last-known-good rules in `localStorage`. Storage may be denied, full, or cleared at any time; then everything works
 * from memory.
 *
 * @param name tells server and key apart; a browser key is public, so its name may show it
 */
export function createLocalCache(name: string): Cache {
  return {
    read() {
      try {
        return localStorage.getItem(name);
      } catch {
        return null;
      }
    },
    write(snapshot) {
      try {
        localStorage.setItem(name, JSON.stringify(snapshot));
      } catch {
        // As if there were no cache.
      }
    },
  };
}
