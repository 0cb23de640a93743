import { once } from 'node:events';
import { createServer, get, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drop, duplicate, swap } from './event-rewrites.ts';
import { FaultProxy } from './fault-proxy.ts';

const EVENTS = ['a', 'b', 'c', 'd'].map((data) => `event: x\ndata: ${data}\n\n`);

let server: Server;
let proxy: FaultProxy;

beforeEach(async () => {
  server = createServer((request, response) => {
    response.writeHead(200, { 'content-type': request.url === '/stream' ? 'text/event-stream' : 'text/plain' });
    if (request.url === '/stream') for (const event of EVENTS) response.write(event);
    response.end(request.url === '/stream' ? '' : 'grün');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  proxy = await FaultProxy.start(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
});

afterEach(async () => {
  await proxy.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** What a client sees: status, body as far as it came, how many pieces, and whether the end was in order. */
async function fetchThrough(path = '/'): Promise<{ status: number; body: string; pieces: number; ended: string }> {
  return await new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let status = 0;
    const done = (ended: string) => resolve({ status, body: `${Buffer.concat(chunks)}`, pieces: chunks.length, ended });
    get(proxy.url + path, { agent: false }, (response) => {
      status = response.statusCode ?? 0;
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => done('in order'));
      response.on('error', (error: NodeJS.ErrnoException) => done(error.code ?? ''));
    }).on('error', (error: NodeJS.ErrnoException) => done(error.code ?? ''));
  });
}

describe('the fault proxy', () => {
  it('passes everything on, and counts connections', async () => {
    expect(await fetchThrough()).toEqual({ status: 200, body: 'grün', pieces: 1, ended: 'in order' });
    expect(await fetchThrough('/stream')).toMatchObject({ body: EVENTS.join('') });
    expect(proxy.accepted).toBe(2);
  });

  it('delays and slows down', async () => {
    proxy.fault = { kind: 'latency', ms: 30, jitterMs: 5 };
    const began = performance.now();
    expect(await fetchThrough()).toMatchObject({ body: 'grün' });
    // Timers may come a little early.
    expect(performance.now() - began).toBeGreaterThan(50);
    proxy.fault = { kind: 'rate', bytesPerS: 2_000 };
    const slow = performance.now();
    expect(await fetchThrough()).toMatchObject({ body: 'grün' });
    expect(performance.now() - slow).toBeGreaterThan(50);
  });

  it.each(['fin', 'rst'] as const)('cuts after so many bytes, by %s', async (by) => {
    proxy.fault = { kind: 'cut', afterBytes: 1_000_000, by };
    expect(await fetchThrough('/stream')).toMatchObject({ ended: 'in order' });
    const whole = EVENTS.join('');
    proxy.fault = { kind: 'cut', afterBytes: 200, by };
    const { body, ended } = await fetchThrough('/stream');
    expect(ended).toBe('ECONNRESET');
    expect(whole.startsWith(body) && body.length < whole.length).toBe(true);
  });

  it('becomes a black hole in either direction, and passes on what waited when it ends', async () => {
    for (const direction of ['up', 'down', 'both'] as const) {
      proxy.fault = { kind: 'blackhole', direction };
      const answer = fetchThrough();
      const first = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 50, 'silence'))]);
      expect(first).toBe('silence');
      proxy.fault = { kind: 'pass' };
      expect(await answer).toMatchObject({ body: 'grün', ended: 'in order' });
    }
  });

  it('cuts the same bytes into other pieces', async () => {
    for (const bytes of [1, 'random'] as const) {
      proxy.fault = { kind: 'rechunk', bytes };
      expect(await fetchThrough('/stream')).toMatchObject({ body: EVENTS.join(''), ended: 'in order' });
    }
  });

  it('corrupts one byte', async () => {
    proxy.fault = { kind: 'corrupt', atByte: 'HTTP/1.1 2'.length };
    expect(await fetchThrough()).toMatchObject({ status: 210 });
  });

  it('answers in the server’s stead, as often as it is told', async () => {
    const headers = { 'retry-after': '7', 'content-type': 'text/html' };
    proxy.fault = { kind: 'answer', status: 503, headers, body: '<html>', times: 2 };
    expect(await fetchThrough()).toMatchObject({ status: 503, body: '<html>' });
    expect(await fetchThrough()).toMatchObject({ status: 503 });
    expect(await fetchThrough()).toMatchObject({ status: 200 });
  });

  it('turns connections away', async () => {
    proxy.fault = { kind: 'refuse' };
    expect((await fetchThrough()).ended).toBe('ECONNRESET');
  });

  it.each([
    ['doubles events', duplicate('x'), 'aabbccdd'],
    ['swaps events', swap('x'), 'badc'],
    ['loses an event', drop('x', 1), 'acd'],
  ])('%s', async (_what, rewrite, letters) => {
    proxy.fault = { kind: 'events', rewrite };
    const { body, ended } = await fetchThrough('/stream');
    expect([...body.matchAll(/data: (.)/g)].map(([, letter]) => letter).join('')).toBe(letters);
    expect(ended).toBe('in order');
  });
});
