import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { CutReason } from '../../src/http/connections.ts';
import { OpenRequests } from '../../src/http/open-requests.ts';

const LARGE = Buffer.alloc(2 * 1024 * 1024);

let server: Server;
let now = 0;

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** A server for as many browsers at one address; a request says in a header where it comes from, and in its path what it is. */
async function serve(browsersPerAddress = 1) {
  const asked: string[] = [];
  const cuts: CutReason[] = [];
  const openRequests = new OpenRequests({
    browsersPerAddress,
    addressOf: ({ headers }) => String(headers['x-from'] ?? '192.0.2.1'),
    observer: { cut: (why) => void cuts.push(why) },
    now: () => now,
  });
  server = createServer((request, response) => {
    asked.push(request.url ?? '');
    if (request.url === '/secret') openRequests.trust(request);
    if (request.url === '/stream') openRequests.becomesStream(request);
    response.statusCode = request.url === '/made-up' ? 401 : 200;
    response.end(request.url === '/large' || request.url === '/stream' ? LARGE : 'ok');
  });
  openRequests.watch(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ask = async (path = '/', headers: Record<string, string> = {}) => {
    const response = await fetch(url + path, { headers });
    await response.arrayBuffer();
    return response.status;
  };
  const statuses = async (count: number, ...of: Parameters<typeof ask>) => {
    const found: number[] = [];
    for (let each = 0; each < count; each += 1) found.push(await ask(...of));
    return found;
  };
  return { url, asked, cuts, ask, statuses };
}

describe('Requests without a secret', () => {
  it('are turned away beyond what the browsers of one address want, before anything is done for them', async () => {
    const { url, asked, cuts, ask, statuses } = await serve();
    expect(await statuses(5)).toEqual(Array(5).fill(200));
    const response = await fetch(url, { method: 'POST', body: 'x'.repeat(1_000) });
    expect([response.status, response.headers.get('retry-after'), response.headers.get('connection')]).toEqual([
      ...[429, '1', 'close'],
    ]);
    expect(await response.json()).toMatchObject({ error: { code: 'ADDRESS_CROWDED', fix: expect.any(String) } });
    expect({ asked: asked.length, cuts }).toEqual({ asked: 5, cuts: ['flooding'] });
    // Others are not there for it.
    expect(await ask('/', { 'x-from': '192.0.2.2' })).toBe(200);
    now += 1_000;
    expect(await statuses(3)).toEqual([200, 200, 429]);
  });

  it('are turned away many at once on one connection, which ends', async () => {
    const { asked, statuses } = await serve();
    await statuses(5);
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => {});
    let got = '';
    socket.on('data', (data) => (got += data));
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(5));
    await new Promise((resolve) => socket.once('close', resolve));
    expect([got.match(/429 Too Many/g)?.length, asked.length]).toEqual([1, 5]);
  });

  it('count more where the answer is large, and a stream counts as one', async () => {
    const { statuses } = await serve();
    expect(await statuses(2, '/stream')).toEqual([200, 200]);
    expect(await statuses(4)).toEqual([200, 200, 200, 429]);
    const from = { 'x-from': '192.0.2.2' };
    expect(await statuses(2, '/large', from)).toEqual([200, 429]);
  });

  it('count five times with a secret that is none, because it takes as long to find that out', async () => {
    const { statuses } = await serve();
    expect(await statuses(2, '/made-up', { cookie: 'session=made-up' })).toEqual([401, 401]);
    expect(await statuses(1)).toEqual([429]);
  });

  it('are under no limit where browsers may be any number', async () => {
    const { statuses } = await serve(0);
    expect(new Set(await statuses(50))).toEqual(new Set([200]));
  });
});

describe('Whoever has a secret', () => {
  it('gets through to show it, at an address that others flood; and there is no limit there from then on', async () => {
    const { ask, statuses } = await serve();
    await statuses(11);
    expect(await ask('/', { authorization: 'Bearer web_public' })).toBe(429);
    expect(await ask('/secret', { authorization: 'Bearer adm_secret' })).toBe(200);
    expect(new Set(await statuses(50))).toEqual(new Set([200]));
  });

  it('is let in by the hundred, and not as often as somebody likes who makes secrets up', async () => {
    const { statuses } = await serve();
    await statuses(5);
    const made = await statuses(250, '/', { authorization: 'Bearer adm_made-up' });
    expect(made.filter((status) => status === 200)).toHaveLength(200);
    now += 1_000;
    await statuses(2);
    expect(await statuses(21, '/', { cookie: 'session=made-up' })).toEqual([...Array(20).fill(200), 429]);
  });

  it('is known at that address for an hour, which is longer than any stream', async () => {
    const { ask, statuses } = await serve();
    await ask('/secret', { authorization: 'Bearer adm_secret' });
    await statuses(20);
    now += 59 * 60_000;
    expect(new Set(await statuses(20))).toEqual(new Set([200]));
    now += 60_000;
    expect(await statuses(6)).toEqual([...Array(5).fill(200), 429]);
  });
});
