/** The server as a browser sees it: the public key in the query, because `EventSource` cannot send headers. */
import type { Connection, HeldRules } from '@dimmer/client';
import { openBrowserStream } from './browser-stream.ts';
import { retryAfterMsOf } from './retry-after.ts';
import { shareStream } from './shared-stream.ts';
import { VERSION } from './version.ts';

/** Browsers fail requests with `keepalive` from 64 KiB, all that are under way together. */
const MAX_KEEPALIVE_BYTES = 6e4;

/**
 * @param identity who connects, as query parameters
 * @param held what this tab holds, for other tabs
 */
export function connectBrowser(
  base: string,
  key: string,
  identity: { readonly [name: string]: string },
  held: HeldRules,
): Connection {
  function endpoint(path: string, id: string): string {
    const query = new URLSearchParams({ ...identity, key });
    if (id) query.set('lastEventId', id);
    return `${base.replace(/\/+$/, '')}/sdk/v1/${path}?${query}`;
  }

  return {
    stream: shareStream(
      `dimmer ${VERSION} ${base} ${key}`,
      { open: (id, sink) => openBrowserStream(endpoint('stream', id), sink) },
      held,
    ),
    async request(path, body, id) {
      try {
        // A plain text body needs no preflight, and `keepalive` lets the request outlive the page.
        const post = body && { method: 'POST', body, keepalive: new Blob([body]).size < MAX_KEEPALIVE_BYTES };
        const response = await fetch(endpoint(path, ''), post || {});
        const text = await response.text();
        // The browser's own cache has asked whether there is anything new, and hides the answer.
        const isHeld = id && text.includes(`"id":"${id}"`);
        return { status: isHeld ? 304 : response.status, retryAfterMs: retryAfterMsOf(response), text };
      } catch {
        return { status: 0, retryAfterMs: 0, text: '' };
      }
    },
  };
}
