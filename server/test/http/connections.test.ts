import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ConnectionLimits, Connections, type CutReason } from '../../src/http/connections.ts';

const LARGE = Buffer.alloc(64 * 1024 * 1024);
const sockets: Socket[] = [];
let server: Server;

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** A server that keeps to limits; `/large` is more than any connection holds, `/work` is never answered, `/key` proves. */
async function serve(limits: Partial<ConnectionLimits>) {
  const cuts: CutReason[] = [];
  const connections = new Connections({ most: 1_000, perAddress: 0, ...limits }, { cut: (why) => void cuts.push(why) });
  const asked: string[] = [];
  const answer: RequestListener = ({ url = '', socket }, response) => {
    if (connections.hasCut(socket)) return;
    asked.push(url);
    if (url === '/key') connections.prove(socket);
    if (url === '/large') response.end(LARGE);
    else if (url !== '/work') response.end('ok');
  };
  server = createServer({ keepAliveTimeout: 60_000 }, answer);
  connections.watch(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { cuts, asked };
}

/** A connection on which these have been asked for. It reads what comes unless told otherwise. */
async function ask(paths: readonly string[], reads = true) {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
  sockets.push(socket);
  const state = { closed: false, got: 0 };
  socket.on('close', () => (state.closed = true));
  socket.on('error', () => {});
  if (reads) socket.on('data', (data) => (state.got += data.length));
  await new Promise((resolve) => socket.once('connect', resolve));
  if (paths.length > 0) socket.write(paths.map((path) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`).join(''));
  return state;
}

describe('A connection', () => {
  it('whose answer nobody reads is cut; one whose answer is being made is not', async () => {
    const { cuts, asked } = await serve({ stalledMs: 50 });
    const working = await ask(['/work']);
    await vi.waitFor(() => expect(asked).toEqual(['/work']));
    await ask(['/large'], false);
    await vi.waitFor(() => expect(cuts).toEqual(['stalled']));
    expect(working.closed).toBe(false);
  });

  it('whose answer is read is not cut, and can be asked again', async () => {
    const { cuts } = await serve({ stalledMs: 1_000 });
    const reading = await ask(['/large', '/small']);
    await vi.waitFor(() => expect(reading.got).toBeGreaterThan(LARGE.length));
    expect({ closed: reading.closed, cuts }).toEqual({ closed: false, cuts: [] });
  });

  it('gives way to a new one where its address has too many; the oldest that has shown nothing first', async () => {
    const { cuts, asked } = await serve({ perAddress: 2, graceMs: 0 });
    const proven = await ask(['/key']);
    await vi.waitFor(() => expect(asked).toEqual(['/key']));
    const idle = [await ask([]), await ask([]), await ask([])];
    await vi.waitFor(() => expect(idle.map(({ closed }) => closed)).toEqual([true, false, false]));
    const last = await ask(['/small']);
    await vi.waitFor(() => expect(last.got).toBeGreaterThan(0));
    await vi.waitFor(() => expect(idle.map(({ closed }) => closed)).toEqual([true, true, false]));
    expect({ proven: proven.closed, last: last.closed, cuts }).toEqual({
      proven: false,
      last: false,
      cuts: ['crowded', 'crowded'],
    });
  });

  it('has its time to show what it has, however many come at once', async () => {
    const { cuts } = await serve({ perAddress: 2, graceMs: 3_600_000 });
    const all = await Promise.all(Array.from({ length: 50 }, () => ask(['/small'])));
    await vi.waitFor(() => expect(all.every(({ got }) => got > 0)).toBe(true));
    expect(cuts).toEqual([]);
  });

  it('finds room at the limit of all, as long as there is one that has shown nothing', async () => {
    const { asked } = await serve({ most: 4 });
    for (let each = 0; each < 3; each++) await ask(['/key']);
    const idle = [await ask([]), await ask([])];
    await vi.waitFor(() => expect(idle.map(({ closed }) => closed)).toEqual([true, false]));
    const admin = await ask(['/key']);
    await vi.waitFor(() => expect(admin.got).toBeGreaterThan(0));
    expect(idle.map(({ closed }) => closed)).toEqual([true, true]);
    expect(asked).toEqual(Array(4).fill('/key'));
  });

  it('on which very much is asked at once is cut', async () => {
    const { cuts, asked } = await serve({});
    const greedy = await ask(Array(50).fill('/work'));
    await vi.waitFor(() => expect(greedy.closed).toBe(true));
    expect(cuts).toEqual(['pipelined']);
    expect(asked.length).toBeLessThanOrEqual(10);
  });
});
