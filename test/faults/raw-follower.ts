import { type ClientRequest, get } from 'node:http';
import { setTimeout } from 'node:timers';

const RECONNECT_MS = { min: 100, max: 1_000 } as const;

type Parts = Record<string, unknown>;

/** A client without an SDK, after docs/protocol.md alone: one stream, snapshots and patches, and it comes back by its id. */
export class RawFollower {
  readonly #url: string;
  readonly #key: string;
  #request: ClientRequest | null = null;
  #timer: NodeJS.Timeout | undefined;
  #closed = false;
  #text = '';
  /** What it holds: empty before the first snapshot. */
  id = '';
  flags: Parts = {};
  /** How often it has had a stream, and how often it lost one. */
  opened = 0;
  lost = 0;
  pings = 0;
  /** When it had the present id, by `performance.now()`. */
  appliedAtMs = 0;
  /** Called with the id, each time there is another one. */
  onApplied: (follower: RawFollower) => void = () => {};

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
    this.#connect();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#request?.destroy();
  }

  #connect(): void {
    if (this.#closed) return;
    this.#text = '';
    const headers = { authorization: `Bearer ${this.#key}`, ...(this.id !== '' && { 'last-event-id': this.id }) };
    const request = get(`${this.#url}/sdk/v1/stream`, { headers, agent: false });
    this.#request = request;
    request.on('response', (response) => {
      if (response.statusCode !== 200) return void request.destroy();
      this.opened += 1;
      response.setEncoding('utf8');
      response.on('data', (text: string) => this.#read(text));
      response.on('error', () => {});
      response.on('close', () => {
        this.lost += 1;
      });
    });
    request.on('error', () => {});
    request.on('close', () => this.#comeBack());
  }

  #comeBack(): void {
    if (this.#closed) return;
    const waitMs = RECONNECT_MS.min + Math.random() * (RECONNECT_MS.max - RECONNECT_MS.min);
    this.#timer = setTimeout(() => this.#connect(), waitMs);
  }

  #read(text: string): void {
    const blocks = (this.#text + text).split('\n\n');
    this.#text = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(block.split('\n').map((line) => splitOnce(line)));
      const data = fields.get('data');
      if (data !== undefined) this.#take(fields.get('event') ?? '', JSON.parse(data));
    }
  }

  #take(event: string, data: { id: string; from?: string; flags: Parts }): void {
    if (event === 'ping') {
      this.pings += 1;
      if (data.id !== this.id) this.#startAnew();
    } else if (event === 'snapshot') this.#apply(data.id, data.flags);
    else if (event === 'patch' && data.id !== this.id) {
      if (data.from === this.id) this.#apply(data.id, merge(this.flags, data.flags));
      else this.#startAnew();
    }
  }

  #apply(id: string, flags: Parts): void {
    this.id = id;
    this.flags = flags;
    this.appliedAtMs = performance.now();
    this.onApplied(this);
  }

  #startAnew(): void {
    this.id = '';
    this.#request?.destroy();
  }
}

/** `null` = gone. */
function merge(flags: Parts, patch: Parts): Parts {
  return Object.fromEntries(Object.entries({ ...flags, ...patch }).filter(([, flag]) => flag !== null));
}

function splitOnce(line: string): [string, string] {
  const colon = line.indexOf(': ');
  return [line.slice(0, colon), line.slice(colon + 2)];
}
