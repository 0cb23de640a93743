/**
 * One Server-Sent Events stream by the `eventsource` package, whose `fetch` is ours: there the key goes into a header,
 * and status, `Retry-After`, the size of an event and the end of the stream are seen.
 *
 * The package reconnects by itself three seconds after an end, without jitter, with a timer that keeps the process
 * alive. So it is closed here before it hears of the end; the client's `stream.ts` opens another.
 */
import type { IncomingMessage } from 'node:http';
import { MOST_EVENT_BYTES, refusalText, type StreamFailure, type StreamSink } from '@dimmer/client';
import { EventSource, type EventSourceFetchInit, type FetchLikeResponse } from 'eventsource';
import { type HttpRequest, retryAfterMsOf, sendRequest } from './http-request.ts';
import { isTooDeep } from './json-depth.ts';
import { isLarge, parseInSlices } from './sliced-json.ts';

const EVENTS = ['snapshot', 'patch', 'ping', 'goodbye'];

/** Of a refusal no more is read, and no longer waited for, than a sentence is worth. */
const MAX_REFUSAL_BYTES = 4_096;
const REFUSAL_WITHIN_MS = 1_000;

/** A blank line ends an event, also one whose name is not known here. */
function hasBlankLine(chunk: Uint8Array): boolean {
  const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
  return ['\n\n', '\r\n\r\n', '\r\r'].some((line) => bytes.includes(line));
}

/**
 * Opens a stream.
 *
 * @param request where, with which credentials; `Accept` and `Last-Event-ID` are added
 * @param id what is held already; empty asks for a snapshot
 * @returns closes it; after that, and after `failed`, the sink hears nothing
 */
export function openNodeStream(request: HttpRequest, id: string, sink: StreamSink): () => void {
  let over = false;
  let abort: () => void = () => {};
  let bytesOfEvent = 0;
  /** Events that are being parsed, and those that came after them. */
  let pending: Promise<void> | undefined;

  function close(): void {
    over = true;
    abort();
    source.close();
  }

  function fail(failure: Partial<StreamFailure> & { message: string }): void {
    if (over) return;
    close();
    sink.failed({ status: 0, retryAfterMs: 0, ...failure });
  }

  function enqueue(type: string, data: string): void {
    const turn: Promise<void> = (pending ?? Promise.resolve()).then(async () => {
      // What cannot be parsed is passed on as it is: the receiver says what is wrong.
      const payload = over ? undefined : await parseInSlices(data).catch(() => undefined);
      if (!over) sink.event(type, data, payload);
      if (pending === turn) pending = undefined;
    });
    pending = turn;
  }

  function open(_url: string | URL, init: EventSourceFetchInit): Promise<FetchLikeResponse> {
    const headers = { ...request.headers, ...init.headers, ...(id ? { 'Last-Event-ID': id } : undefined) };
    return new Promise((resolve) => {
      abort = sendRequest({ ...request, headers }, (response) => void accept(response).then(resolve), fail);
    });
  }

  async function accept(response: IncomingMessage): Promise<FetchLikeResponse> {
    const status = response.statusCode ?? 0;
    const type = response.headers['content-type'] ?? '';
    abort = () => response.destroy();
    if (status !== 200) {
      const message = refusalText(status, await beginningOf(response));
      fail({ status, retryAfterMs: retryAfterMsOf(response), message });
    } else if (!type.startsWith('text/event-stream'))
      fail({ status, message: `not an event stream but ${type || 'no type'}` });
    else sink.alive();
    return {
      status,
      url: request.url.href,
      redirected: false,
      headers: { get: (name) => response.headers[name] as string | null },
      body: { getReader: () => readerOf(response) },
    } as FetchLikeResponse;
  }

  function readerOf(response: IncomingMessage) {
    const chunks = response[Symbol.asyncIterator]() as AsyncIterator<Uint8Array>;
    async function read(): Promise<{ done: false; value: Uint8Array } | { done: true }> {
      try {
        const { done, value } = await chunks.next();
        if (!done) {
          bytesOfEvent = hasBlankLine(value) ? 0 : bytesOfEvent + value.length;
          if (bytesOfEvent <= MOST_EVENT_BYTES) {
            if (!over) sink.alive();
            return { done: false, value };
          }
          fail({ message: 'an event over 16 MiB', unusable: true });
        } else {
          // What came whole counts, though nothing follows it.
          await pending;
          fail({ message: 'the server ended the stream' });
        }
      } catch (error) {
        await pending;
        fail({ message: (error as Error).message });
      }
      return { done: true };
    }
    return { read, cancel: async () => response.destroy() as unknown as undefined };
  }

  const source = new EventSource(request.url, { fetch: open });
  for (const type of EVENTS) {
    source.addEventListener(type, (event) => {
      bytesOfEvent = 0;
      if (over) return;
      if (isTooDeep(event.data)) fail({ message: `a ${type} nested deeper than 64`, unusable: true });
      else if (pending || isLarge(event.data)) enqueue(type, event.data);
      else sink.event(type, event.data);
    });
  }
  return close;
}

/** What the body of a refusal says, as far as it goes. Never rejects. */
function beginningOf(response: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(done, REFUSAL_WITHIN_MS).unref();
    function done(): void {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).toString('utf8'));
    }
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_REFUSAL_BYTES) done();
    });
    for (const name of ['end', 'error', 'close']) response.on(name, done);
  });
}
