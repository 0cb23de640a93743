import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RawEvent, RawStream } from '../hub/raw-stream.ts';
import { TestServer } from '../running-server.ts';

const FLAGS = ['plain', 'other', '__proto__', 'constructor'] as const;
const SEGMENTS = ['testers', 'toString'] as const;

let server: TestServer;

beforeAll(async () => {
  server = await TestServer.start();
  for (const key of FLAGS) await server.admin('POST', 'flags', { key, type: 'boolean' });
  for (const key of SEGMENTS) await server.admin('POST', 'segments', { key, included: ['a'] });
});

afterAll(() => server.stop());

/** What `docs/protocol.md` says an SDK does with what arrives, and no more. Throws at anything it must not be sent. */
class Replica {
  id: string | null = null;
  flags = new Map<string, unknown>();
  segments = new Map<string, unknown>();
  #read = 0;

  take(events: readonly RawEvent[]): void {
    for (const { event, data } of events.slice(this.#read)) {
      this.#read += 1;
      if (event === 'snapshot') {
        this.flags = new Map(Object.entries(data.flags));
        this.segments = new Map(Object.entries(data.segments));
        this.id = data.id;
      } else if (event === 'patch') {
        if (data.from !== this.id) throw new Error(`A patch from ${data.from} came to a replica at ${this.id}`);
        merge(this.flags, data.flags);
        merge(this.segments, data.segments);
        this.id = data.id;
      } else if (event === 'ping' && data.id !== this.id) {
        throw new Error(`A ping at ${data.id} came to a replica at ${this.id}`);
      }
    }
  }

  reconnected(): void {
    this.#read = 0;
  }

  get content() {
    return { flags: sorted(this.flags), segments: sorted(this.segments) };
  }
}

const sorted = (held: Map<string, unknown>) => [...held].sort(([one], [other]) => (one < other ? -1 : 1));

function merge(held: Map<string, unknown>, patch: object): void {
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) held.delete(key);
    else held.set(key, value);
  }
}

/** A client that comes and goes, with the id of its replica. */
class Client {
  readonly replica = new Replica();
  readonly #audience: 'server' | 'browser';
  #stream: RawStream | null = null;

  constructor(audience: 'server' | 'browser') {
    this.#audience = audience;
  }

  async connect(): Promise<void> {
    if (this.#stream !== null) return;
    this.replica.reconnected();
    const id = this.replica.id === null ? '' : `&lastEventId=${this.replica.id}`;
    this.#stream =
      this.#audience === 'browser'
        ? await server.stream(`?key=${server.browserKey}${id}`, {})
        : await server.stream(`?x=1${id}`);
  }

  /** Goes away with whatever it has got so far. */
  disconnect(): void {
    this.#stream?.close();
    if (this.#stream !== null) this.replica.take(this.#stream.events);
    this.#stream = null;
  }

  async reaches(id: string): Promise<void> {
    await this.connect();
    await vi.waitFor(
      () => {
        this.replica.take(this.#stream?.events ?? []);
        expect(this.replica.id).toBe(id);
      },
      { interval: 2 },
    );
  }

  /** What a client that has just started would have. */
  async expected() {
    const response =
      this.#audience === 'browser'
        ? await fetch(`${server.url}/sdk/v1/ruleset?key=${server.browserKey}`)
        : await server.sdk('/ruleset');
    const { id, flags, segments } = await response.json();
    return { id, flags: sorted(new Map(Object.entries(flags))), segments: sorted(new Map(Object.entries(segments))) };
  }
}

type Step =
  | { readonly does: 'connect' | 'disconnect'; readonly client: number }
  | {
      readonly does: 'write';
      readonly flag: string;
      readonly segment: string;
      readonly write: string;
      readonly value: number;
    };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ does: fc.constantFrom('connect' as const, 'disconnect' as const), client: fc.nat(3) }),
  fc.record({
    does: fc.constant('write' as const),
    flag: fc.constantFrom(...FLAGS),
    segment: fc.constantFrom(...SEGMENTS),
    write: fc.constantFrom('toggle', 'rollout', 'browser', 'archive', 'unarchive', 'segment', 'elsewhere'),
    value: fc.nat(100),
  }),
);

/** One write. Some are refused (an archived flag cannot be toggled), which is as good as any. */
async function write({ flag, segment, write: what, value }: Extract<Step, { does: 'write' }>): Promise<void> {
  const base = '/api/v1/projects/default';
  const targeting = `${base}/flags/${flag}/environments/production`;
  const requests: Record<string, [string, string, object]> = {
    toggle: ['POST', `${targeting}/toggle`, { on: value % 2 === 0 }],
    rollout: ['POST', `${targeting}/rollout`, { variation: 'on', percent: value }],
    browser: ['PATCH', `${base}/flags/${flag}`, { browser: value % 2 === 0 }],
    archive: ['POST', `${base}/flags/${flag}/archive`, {}],
    unarchive: ['POST', `${base}/flags/${flag}/unarchive`, {}],
    segment: ['PATCH', `${base}/segments/${segment}`, { included: [`user-${value}`] }],
    elsewhere: ['POST', `${base}/flags/${flag}/environments/staging/toggle`, { on: value % 2 === 0 }],
  };
  const [method, path, body] = requests[what] as [string, string, object];
  const { status } = await server.call(method, path, body);
  expect(status).toBeLessThan(500);
}

describe('replicas that come and go while flags change', () => {
  it('are never sent a step that does not fit, and end with what a new client gets', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
        const clients = [0, 1, 2, 3].map((each) => new Client(each < 2 ? 'server' : 'browser'));
        try {
          for (const each of steps) {
            if (each.does === 'write') await write(each);
            else if (each.does === 'connect') await clients[each.client]?.connect();
            else clients[each.client]?.disconnect();
          }
          for (const client of clients) {
            const { id, ...content } = await client.expected();
            await client.reaches(id);
            expect(client.replica.content).toEqual(content);
          }
        } finally {
          for (const client of clients) client.disconnect();
        }
      }),
      { numRuns: 25 },
    );
  });
});
