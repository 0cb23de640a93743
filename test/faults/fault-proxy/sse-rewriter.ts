import type { EventRewrite } from './fault.ts';

/**
 * Takes a response in HTTP/1.1 chunks apart into the events that it carries, and puts others in their place. What is no
 * such response goes through as it is.
 */
export class SseRewriter {
  readonly #rewrite: EventRewrite;
  /** What has come and is not understood yet. */
  #rest = Buffer.alloc(0);
  /** Text of the stream that is no whole event yet. */
  #text = '';
  #state: 'head' | 'events' | 'other' = 'head';

  constructor(rewrite: EventRewrite) {
    this.#rewrite = rewrite;
  }

  /** Answers what goes on in place of these bytes. */
  take(piece: Buffer): Buffer {
    if (this.#state === 'other') return piece;
    this.#rest = Buffer.concat([this.#rest, piece]);
    return Buffer.concat([...this.#takeHead(), ...(this.#state === 'events' ? this.#takeChunks() : [])]);
  }

  #takeHead(): Buffer[] {
    if (this.#state !== 'head') return [];
    const end = this.#rest.indexOf('\r\n\r\n');
    if (end < 0) return [];
    const head = this.#rest.subarray(0, end + 4);
    const isStream = /transfer-encoding: chunked/i.test(`${head}`) && /text\/event-stream/i.test(`${head}`);
    this.#state = isStream ? 'events' : 'other';
    const all = this.#rest;
    this.#rest = isStream ? this.#rest.subarray(end + 4) : Buffer.alloc(0);
    return [isStream ? head : all];
  }

  #takeChunks(): Buffer[] {
    const out: Buffer[] = [];
    for (;;) {
      const lineEnd = this.#rest.indexOf('\r\n');
      const size = Number.parseInt(`${this.#rest.subarray(0, Math.max(0, lineEnd))}`, 16);
      if (lineEnd < 0 || this.#rest.length < lineEnd + 2 + size + 2) return out;
      const content = this.#rest.subarray(lineEnd + 2, lineEnd + 2 + size);
      this.#rest = this.#rest.subarray(lineEnd + 2 + size + 2);
      if (size === 0) out.push(Buffer.from('0\r\n\r\n'));
      else this.#text += content.toString('utf8');
      const events = this.#text.split('\n\n');
      this.#text = events.pop() ?? '';
      out.push(...events.flatMap((event) => this.#rewrite(`${event}\n\n`)).map(chunkOf));
    }
  }
}

function chunkOf(text: string): Buffer {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);
}
