import { type ClientRequest, get, type IncomingMessage } from 'node:http';

/** One event as it stood on the wire. */
export interface RawEvent {
  readonly event: string;
  readonly id: string | undefined;
  readonly retry: string | undefined;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever arrived
  readonly data: any;
}

/** A client that only reads: what arrived, in order, and whether the server has ended it. */
export class RawStream {
  readonly events: RawEvent[] = [];
  readonly response: IncomingMessage;
  readonly #request: ClientRequest;
  /** What has come of an event that is not yet whole; put together when it is, because it may be a megabyte. */
  #pieces: string[] = [];
  bytes = 0;
  ended = false;

  private constructor(request: ClientRequest, response: IncomingMessage) {
    this.#request = request;
    this.response = response;
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.#read(text));
    response.on('close', () => {
      this.ended = true;
    });
    response.on('error', () => {
      this.ended = true;
    });
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<RawStream> {
    return await new Promise((resolve, reject) => {
      const request = get(url, { headers, agent: false });
      request.on('response', (response) => resolve(new RawStream(request, response)));
      request.on('error', reject);
    });
  }

  named(event: string): RawEvent[] {
    return this.events.filter((each) => each.event === event);
  }

  get last(): RawEvent | undefined {
    return this.events.at(-1);
  }

  pause(): void {
    this.response.pause();
  }

  resume(): void {
    this.response.resume();
  }

  close(): void {
    this.#request.destroy();
  }

  /** What has come of an event that is not yet whole. */
  get rest(): string {
    return this.#pieces.join('');
  }

  #read(text: string): void {
    this.bytes += text.length;
    const isEnd = text.includes('\n\n') || (text.startsWith('\n') && this.#pieces.at(-1)?.endsWith('\n'));
    this.#pieces.push(text);
    if (!isEnd) return;
    const blocks = this.rest.split('\n\n');
    this.#pieces = [blocks.pop() ?? ''];
    for (const block of blocks) this.events.push(parse(block));
  }
}

function parse(block: string): RawEvent {
  const fields = new Map(
    block.split('\n').map((line): [string, string] => {
      const colon = line.indexOf(': ');
      return [line.slice(0, colon), line.slice(colon + 2)];
    }),
  );
  const data = fields.get('data');
  return {
    event: fields.get('event') ?? 'message',
    id: fields.get('id'),
    retry: fields.get('retry'),
    data: data === undefined ? undefined : JSON.parse(data),
  };
}
