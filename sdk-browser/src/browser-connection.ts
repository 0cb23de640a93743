/** The server as a browser sees it: the public key in the query, because `EventSource` cannot send headers. */
import type { Connection } from '@dimmer/client';
import { openBrowserStream } from './browser-stream.ts';
import { retryAfterMsOf } from './retry-after.ts';

/** @param identity who connects, as query parameters */
export function connectBrowser(base: string, key: string, identity: URLSearchParams): Connection {
  identity.set('key', key);

  function endpoint(path: string): string {
    return `${base.replace(/\/+$/, '')}/sdk/v1/${path}?${identity}`;
  }

  return {
    stream: {
      open: (id, sink) =>
        openBrowserStream(endpoint('stream') + (id && `&lastEventId=${encodeURIComponent(id)}`), sink),
    },
    // A plain text body needs no preflight, and `keepalive` lets it outlive the page. The ETag is the HTTP cache's work.
    request: async (path, body) => {
      try {
        const response = await fetch(endpoint(path), body ? { method: 'POST', body, keepalive: true } : {});
        return { status: response.status, retryAfterMs: retryAfterMsOf(response), text: await response.text() };
      } catch {
        return { status: 0, retryAfterMs: 0, text: '' };
      }
    },
  };
}
