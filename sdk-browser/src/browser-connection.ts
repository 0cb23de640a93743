/** The server as a browser sees it: the public key in the query, because `EventSource` cannot send headers. */
import type { Connection } from '@dimmer/client';
import { openBrowserStream } from './browser-stream.ts';
import { retryAfterMsOf } from './retry-after.ts';

/** In characters; with a byte or more for some of them, still below the browsers' limit. */
const MAX_KEEPALIVE = 3e4;

/** @param identity who connects, as query parameters */
export function connectBrowser(base: string, key: string, identity: { readonly [name: string]: string }): Connection {
  function endpoint(path: string, id: string): string {
    const query = new URLSearchParams({ ...identity, key });
    if (id) query.set('lastEventId', id);
    return `${base.replace(/\/+$/, '')}/sdk/v1/${path}?${query}`;
  }

  return {
    stream: { open: (id, sink) => openBrowserStream(endpoint('stream', id), sink) },
    // A plain text body needs no preflight, and `keepalive` lets the request outlive the page; browsers fail it from 64 KiB.
    request: (path, body = '') =>
      fetch(endpoint(path, ''), { method: 'POST', body, keepalive: body.length < MAX_KEEPALIVE }).then(
        (response) => ({ status: response.status, retryAfterMs: retryAfterMsOf(response), text: '' }),
        () => ({ status: 0, retryAfterMs: 0, text: '' }),
      ),
  };
}
