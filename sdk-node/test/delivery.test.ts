import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { DimmerClient } from '@dimmer/node';
import { createClient, type NodeOptions } from '@dimmer/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventText, FakeServer } from '../../client/test/fake/fake-server.ts';
import { snapshotOf, switchFlag, textFlag } from '../../client/test/fake/rules.ts';

const KEY = 'sdk_selector_verysecret';
const RULES = snapshotOf({ a: switchFlag(true), text: textFlag('blue') });

let server: FakeServer;
let clients: DimmerClient[] = [];
let logged: string[] = [];
const logger = { warn: (line: string) => logged.push(line), error: (line: string) => logged.push(line) };

function connect(options: Partial<NodeOptions> = {}): DimmerClient {
  const flags = createClient({ url: server.url, key: KEY, cache: false, logger, ...options });
  clients.push(flags);
  return flags;
}

const state = (flags: DimmerClient) => flags.status().state;

beforeEach(async () => {
  // A lucky client: what waits for a random time waits shortly. How it is spread is the retry policy's test.
  vi.spyOn(Math, 'random').mockReturnValue(0.02);
  server = await FakeServer.start(RULES);
  logged = [];
});

afterEach(async () => {
  await Promise.all(clients.map((flags) => flags.close()));
  clients = [];
  await server.close();
  vi.restoreAllMocks();
});

describe('a client for Node', () => {
  it('is ready with the rules of the server, follows its changes, and decides by them', async () => {
    const flags = connect({ application: 'shop', instance: 'shop-1' });
    expect(await flags.ready()).toEqual({ ready: true, timedOut: false });
    expect(flags.isEnabled('a')).toBe(true);

    const changes: unknown[] = [];
    flags.on('change', ({ keys, id }) => changes.push({ keys, id }));
    const { id } = server.change({ a: switchFlag(false) });
    await vi.waitFor(() => expect(changes).toEqual([{ keys: ['a'], id }]));
    expect(flags.isEnabled('a')).toBe(false);
    const [stream] = server.requests('stream');
    expect(Object.fromEntries(stream!.query)).toEqual({
      application: 'shop',
      instance: 'shop-1',
      sdk: 'node/source',
      client: expect.any(String),
    });
  });

  it('says beforehand if it will never tell what it has applied', async () => {
    await connect({ reporting: false }).ready();
    expect(server.requests('stream')[0]!.query.get('receipts')).toBe('0');
  });

  it('sends its key in a header, and shows it nowhere else', async () => {
    server.behaviours.stream = (_request, response) => response.writeHead(401).end('{"code":"KEY_UNKNOWN"}');
    const flags = connect();
    await vi.waitFor(() => expect(state(flags)).toBe('refused'));
    await flags.close();
    expect(server.seen[0]?.headers.authorization).toBe(`Bearer ${KEY}`);
    const shown = [
      logged,
      flags.status(),
      flags,
      server.seen.map(({ path, query }) => `${path}?${query}`),
      server.batches,
    ];
    expect(JSON.stringify(shown)).not.toContain('verysecret');
  });

  it('whose key is refused says so once, goes on deciding, and does not ask again at once', async () => {
    const flags = connect();
    await flags.ready();
    server.behaviours.stream = (_request, response) => response.writeHead(401).end();
    server.send('goodbye', { reconnectInMs: 0 });
    await vi.waitFor(() => expect(state(flags)).toBe('refused'));
    expect(flags.isEnabled('a')).toBe(true);
    expect(logged.filter((line) => line.includes('STREAM_REFUSED'))).toHaveLength(1);
    expect(server.requests('stream')).toHaveLength(2);
  });

  it.each([
    ['a page', '<html>Sign in</html>'],
    ['JSON of somebody else', '{"error":"no"}'],
    ['a body that does not end', undefined],
    ['control characters', '{"error":{"code":"A_CODE","message":"a\\u0007b\\nc"}}'],
    ['megabytes', `{"error":{"code":"A_CODE","message":"${'x'.repeat(5_000_000)}"}}`],
  ])('quotes nothing of a refusal but the code, message and fix of a Dimmer server: %s', async (what, body) => {
    server.behaviours.stream = (_request, response) => {
      response.writeHead(403, { 'content-type': 'application/json' });
      if (body === undefined) response.write('{"error":');
      else response.end(body);
    };
    const flags = connect();
    expect(await flags.ready()).toEqual({ ready: false, timedOut: false });
    expect(flags.status().lastError).toBe(what === 'control characters' ? 'HTTP 403 A_CODE: a b c' : 'HTTP 403');
  });

  it('resumes from the id that it holds', async () => {
    const flags = connect();
    await flags.ready();
    server.send('goodbye', { reconnectInMs: 0 });
    await vi.waitFor(() => expect(server.requests('stream')).toHaveLength(2));
    expect(server.requests('stream')[1]?.headers['last-event-id']).toBe(RULES.id);
  });

  it('asks for a snapshot when a patch does not fit', async () => {
    const flags = connect();
    await flags.ready();
    server.send('patch', { schema: 1, hash: 1, from: '99.x', id: '100.y', at: 0, flags: { a: null }, segments: {} });
    expect(await new Promise((resolve) => flags.on('status', ({ state }) => resolve(state)))).toBe('reconnecting');
    await vi.waitFor(() => expect(state(flags)).toBe('live'));
    expect(server.requests('stream')[1]?.headers['last-event-id']).toBeUndefined();
    expect(flags.isEnabled('a')).toBe(true);
  });

  it.each([
    [
      'ends',
      () =>
        server.streams.forEach((stream) => {
          stream.end();
        }),
    ],
    ['is cut', () => server.cut()],
    [
      'is cut in the middle of an event',
      () => {
        server.streams.forEach((stream) => {
          stream.write('event: snapshot\ndata: {"schema":1');
        });
        server.cut();
      },
    ],
  ])('whose stream %s keeps its rules and is live again within seconds', async (_how, cut) => {
    const flags = connect();
    await flags.ready();
    cut();
    await vi.waitFor(() => expect(state(flags)).toBe('reconnecting'));
    expect(flags.isEnabled('a')).toBe(true);
    await vi.waitFor(() => expect(state(flags)).toBe('live'));
    expect(server.requests('stream')[1]?.headers['last-event-id']).toBe(RULES.id);
  });

  it('that starts before its server decides by defaults at once, and is ready soon after the server is', async () => {
    const { port } = server;
    await server.close();
    const flags = connect({ url: `http://127.0.0.1:${port}`, initTimeoutMs: 50 });
    expect(flags.evaluate('text', 'red')).toMatchObject({ value: 'red', source: 'default' });
    expect(await flags.ready()).toEqual({ ready: false, timedOut: true });
    server = await FakeServer.start(RULES, { port });
    await vi.waitFor(() => expect(state(flags)).toBe('live'));
    expect(flags.value('text', 'red')).toBe('blue');
  });

  it('takes any chunking and any line ending for the same stream', async () => {
    const text = `\uFEFF: hello\n\n${eventText('snapshot', { ...RULES, flags: { text: textFlag('grün 🚀') } }, RULES.id)}`;
    for (const ending of ['\n', '\r', '\r\n']) {
      server.behaviours.stream = async (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        for (const byte of Buffer.from(text.replaceAll('\n', ending))) {
          response.write(Buffer.from([byte]));
          await new Promise(setImmediate);
        }
        response.write(`${ending}: done${ending}${ending}`);
      };
      const flags = connect();
      await flags.ready();
      expect(flags.value('text', 'red')).toBe('grün 🚀');
    }
  });

  it.each([
    ['a page of HTML', 200, { 'content-type': 'text/html' }],
    ['no content', 204, {}],
    ['a redirect to another origin', 302, { location: 'http://localhost:1/sdk/v1/stream' }],
    ['a redirect to itself, for ever', 302, { location: '/sdk/v1/stream' }],
  ])('that is answered with %s keeps its rules, and its key', async (_what, status, headers) => {
    server.behaviours.stream = (_request, response) => response.writeHead(status, headers as never).end('<html>');
    const flags = connect({ bootstrap: RULES });
    await vi.waitFor(() => expect(['refused', 'reconnecting']).toContain(state(flags)));
    expect(flags.isEnabled('a')).toBe(true);
    expect(server.requests('stream').length).toBeLessThanOrEqual(4);
  });

  it('follows a redirect within the origin', async () => {
    server.behaviours.stream = (request, response) => {
      if (request.url?.includes('moved')) server.stream(request, response);
      else response.writeHead(307, { location: `${request.url?.replace('/sdk', '/moved/sdk')}` }).end();
    };
    expect(await connect().ready()).toMatchObject({ ready: true });
  });

  it('waits as long as Retry-After asks', async () => {
    server.behaviours.stream = (_request, response) => response.writeHead(503, { 'retry-after': '120' }).end();
    const flags = connect();
    await vi.waitFor(() => expect(state(flags)).toBe('reconnecting'));
    expect(flags.status().lastError).toBe('HTTP 503');
  });

  it.each(['/', '/flags', '/flags/'])('finds the server below %s', async (path) => {
    expect(await connect({ url: server.url + path }).ready()).toMatchObject({ ready: true });
    expect(server.seen[0]?.path).toBe(`${path.replace(/\/$/, '')}/sdk/v1/stream`);
  });

  it('finds a server by its IPv6 address', async () => {
    const other = await FakeServer.start(RULES, { host: '::1' });
    expect(await connect({ url: `http://[::1]:${other.port}/` }).ready()).toMatchObject({ ready: true });
    await other.close();
  });

  it('drops an event over 16 MiB, and keeps its rules', async () => {
    const flags = connect();
    await flags.ready();
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    const [stream] = server.streams;
    stream!.write('event: snapshot\ndata: ');
    for (let i = 0; i < 17; i++) stream!.write(megabyte);
    await vi.waitFor(() => expect(flags.status().lastError).toBe('an event over 16 MiB'));
    expect(flags.isEnabled('a')).toBe(true);
  });

  it('refuses JSON nested deeper than 64, and keeps its rules', async () => {
    const flags = connect();
    await flags.ready();
    const deep = '['.repeat(10_000) + ']'.repeat(10_000);
    server.send(
      'patch',
      `{"schema":1,"hash":1,"from":"${RULES.id}","id":"2.x","at":0,"flags":{},"segments":{},"x":${deep}}`,
    );
    await vi.waitFor(() => expect(flags.status().lastError).toBe('a patch nested deeper than 64'));
    expect(flags.status().id).toBe(RULES.id);
  });

  it('two in one process do not know each other', async () => {
    const other = await FakeServer.start(snapshotOf({ text: textFlag('other') }));
    const first = connect();
    const second = connect();
    const third = connect({ url: other.url });
    await Promise.all([first.ready(), second.ready(), third.ready()]);
    expect([first, second, third].map((flags) => flags.value('text', ''))).toEqual(['blue', 'blue', 'other']);
    await first.close();
    server.change({ text: textFlag('green') });
    await vi.waitFor(() => expect(second.value('text', '')).toBe('green'));
    expect(first.value('text', '')).toBe('blue');
    await other.close();
  });

  it('closed lets go of every socket, and can be asked still', async () => {
    const flags = connect();
    await flags.ready();
    flags.isEnabled('a');
    await flags.close();
    await vi.waitFor(() => expect(server.connectionCount).toBe(0));
    expect(server.batches.at(-1)?.summaries[0]?.counts).toEqual([{ flag: 'a', variation: 'on', count: 1 }]);
    expect(flags.isEnabled('a')).toBe(true);
    await flags.close();
  });
});

describe('a server that takes the connection and says nothing', () => {
  let silent: Server;
  beforeEach(async () => {
    silent = createServer((socket) => void socket.resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise<void>((resolve) => void silent.close(() => resolve())));

  it('does not delay anybody', async () => {
    const { port } = silent.address() as AddressInfo;
    const flags = connect({ url: `http://127.0.0.1:${port}`, initTimeoutMs: 20, bootstrap: RULES });
    expect(flags.isEnabled('a')).toBe(true);
    expect(await flags.ready()).toEqual({ ready: false, timedOut: true });
    await flags.close();
  });
});

describe('polling', () => {
  /** Polls at once: the client believes that three attempts have failed. */
  async function poll(flags: DimmerClient): Promise<void> {
    await vi.waitFor(() => expect(state(flags)).toBe('polling'));
  }

  beforeEach(() => {
    server.behaviours.stream = (_request, response) => response.writeHead(503).end();
  });

  it('fetches gzipped rules', async () => {
    server.behaviours.ruleset = (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(JSON.stringify(RULES)));
    };
    const flags = connect();
    await poll(flags);
    expect(flags.evaluate('text', 'red')).toMatchObject({ value: 'blue', source: 'poll' });
  });

  it('survives a gzip bomb', async () => {
    const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, ' '), { level: 1 });
    const before = process.memoryUsage().rss;
    server.behaviours.ruleset = (_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb);
    const flags = connect({ bootstrap: RULES });
    await vi.waitFor(() => expect(flags.status().lastError).toBe('no answer'));
    expect(flags.isEnabled('a')).toBe(true);
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024);
  });
});
