/**
 * One Server-Sent Events stream by the browser's own `EventSource`. It reconnects by itself without jitter after an
 * end, and gives up for ever after a status other than 200, which it does not tell. So it is closed at its first error,
 * and if it had given up, one `fetch` of the same address asks for the status, which decides when to try again.
 */
import type { StreamSink } from '@dimmer/client';
import { retryAfterMsOf } from './retry-after.ts';

/**
 * @param url of the stream, with key and `lastEventId` in its query
 * @returns closes it; after that, and after `failed`, the sink hears nothing
 */
export function openBrowserStream(url: string, sink: StreamSink): () => void {
  const source = new EventSource(url);
  const probe = new AbortController();

  function close(): void {
    source.close();
    probe.abort();
  }

  function fail(status: number, retryAfterMs: number): void {
    if (probe.signal.aborted) return;
    close();
    sink.failed({ status, retryAfterMs, message: status ? `HTTP ${status}` : 'the connection ended' });
  }

  source.onopen = sink.alive;
  source.onerror = () => {
    const gaveUp = source.readyState === 2;
    source.close();
    if (!gaveUp) fail(0, 0);
    else
      fetch(url, { signal: probe.signal }).then(
        (response) => {
          // The server has come back meanwhile: that is no answer to hold against it.
          const isStream = response.headers.get('content-type')?.startsWith('text/event-stream');
          fail(isStream ? 0 : response.status, retryAfterMsOf(response));
        },
        () => fail(0, 0),
      );
  };
  for (const type of ['snapshot', 'patch', 'ping', 'goodbye']) {
    source.addEventListener(type, ({ data }) => sink.event(type, data));
  }
  return close;
}
