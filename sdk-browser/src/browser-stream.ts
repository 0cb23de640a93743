/**
 * One Server-Sent Events stream by the browser's own `EventSource`. It reconnects by itself without jitter after an
 * end, and gives up for ever after a status other than 200, which it does not tell. So it is closed at its first error,
 * and if it had given up, one `fetch` of the same address asks for the status, which decides when to try again.
 */
import { refusalText, type StreamSink } from '@dimmer/client';
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

  function fail(status = 0, retryAfterMs = 0, text = ''): void {
    if (probe.signal.aborted) return;
    close();
    sink.failed({ status, retryAfterMs, message: status ? refusalText(status, text) : 'the connection ended' });
  }

  source.onopen = sink.alive;
  source.onerror = async () => {
    const gaveUp = source.readyState === 2;
    source.close();
    if (!gaveUp) return fail();
    try {
      const response = await fetch(url, { signal: probe.signal });
      // The server has come back meanwhile: that is no answer to hold against it.
      if (response.headers.get('content-type')?.startsWith('text/event-stream')) fail(0, retryAfterMsOf(response));
      // What is no answer of the server's may be long, and is not read.
      else fail(response.status, retryAfterMsOf(response), response.ok ? '' : await response.text());
    } catch {
      fail();
    }
  };
  for (const type of ['snapshot', 'patch', 'ping', 'goodbye']) {
    source.addEventListener(type, ({ data }) => sink.event(type, data));
  }
  return close;
}
