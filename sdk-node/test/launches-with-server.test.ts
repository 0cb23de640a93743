/** Launches of the Node SDK against the real server: dials in, observations out, and what Node alone can show. */
import { setTimeout as delay } from 'node:timers/promises';
import { createClient } from '@dimmer/node';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TestServer } from '../../server/test/running-server.ts';

/** What a machine is too slow for must not pull a brake: each test sets the one that it is about. */
const NO_BRAKES = {
  maxInFlight: 1_000,
  maxPerMinute: 1_000_000,
  maxBlockMs: 60_000,
  maxBusyPercent: 100,
  maxLagMs: 60_000,
  maxHeapPercent: 100,
  timeoutMs: 60_000,
  noisePercent: 0,
};

type Client = ReturnType<typeof createClient>;

let server: TestServer;
let flags: Client;

beforeEach(async () => {
  server = await TestServer.start();
  await server.admin('POST', 'flags', { key: 'engine', type: 'launch' });
  await act('rollout', { dark: 100 });
  await act('dials', NO_BRAKES, 'PATCH');
  flags = createClient({ url: server.url, key: server.serverKey, cache: false, logger: false });
  await flags.ready();
});

afterEach(async () => {
  await flags.close();
  await server.stop();
});

const act = (what: string, body: object, method = 'POST') =>
  server.admin(method, `flags/engine/environments/production/${what}`, body);
const report = () => server.admin('GET', 'flags/engine/environments/production/launch');

/** So many calls, each with its shadow over before the next. */
async function launch<Result>(times: number, options: Parameters<Client['launch']>[2] & { candidate: () => Result }) {
  for (let time = 0; time < times; time++) {
    await flags.launch('engine', { targetingKey: `user-${time}` }, options as never);
    await turn();
    await turn();
  }
}
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a launch in Node', () => {
  it('is reported: calls, differences with samples, latency, CPU time', async () => {
    let call = 0;
    await launch(400, {
      control: () => ({ total: 10, tax: 2 }),
      candidate: () => ({ total: call++ % 4 ? 10 : 11, tax: 2 }),
    });
    await flags.close();
    const { paths, mismatches, clusters, verdict } = await report();
    const [control, candidate] = ['control', 'candidate'].map((name) =>
      paths.find(({ path }: { path: string }) => path === name),
    );
    expect([control.calls, candidate.calls]).toEqual([400, 400]);
    expect(candidate).toMatchObject({ variation: 'dark', role: 'shadow', cpuMs: { p50: expect.any(Number) } });
    expect(control.latencyMs).toMatchObject({ p50: expect.any(Number) });
    expect(mismatches).toMatchObject({ count: 100, of: 400 });
    expect(clusters).toMatchObject([{ path: '/total', kind: 'value', count: 100 }]);
    expect(clusters[0].samples[0]).toMatchObject({ control: '10', candidate: '11' });
    expect(verdict.sentence).toMatch(/^Not yet: 25 % of 400 comparisons differ/);
  });

  it('is reported by the version of the application, so that a mended candidate is not blamed for the one before', async () => {
    const who = { url: server.url, key: server.serverKey, cache: false, logger: false, application: 'shop' } as const;
    for (const [version, answer] of [
      ['1.4.1', 2],
      ['1.4.2', 1],
    ] as const) {
      await flags.close();
      flags = createClient({ ...who, version });
      await flags.ready();
      await launch(3, { control: () => 1, candidate: () => answer });
    }
    await flags.close();
    const figuresOf = async (query: string) => {
      const { mismatches } = await server.admin('GET', `flags/engine/environments/production/launch?${query}`);
      return [mismatches.count, mismatches.of];
    };
    expect(await figuresOf('application=shop')).toEqual([3, 6]);
    expect(await figuresOf('version=1.4.2')).toEqual([0, 3]);
    expect(await figuresOf('application=shop@1.4.1')).toEqual([3, 3]);
  });

  it('obeys the server’s dials at once: a known difference is muted, and shadows are stopped, without a deploy', async () => {
    const ignoring = await act('dials', { ignore: ['/servedBy'] }, 'PATCH');
    await vi.waitFor(() => expect(flags.status().id).toBe(ignoring.id));
    await launch(3, { control: () => ({ servedBy: 'old' }), candidate: () => ({ servedBy: 'new' }) });

    const stopping = await act('dials', { maxInFlight: 0 }, 'PATCH');
    await vi.waitFor(() => expect(flags.status().id).toBe(stopping.id));
    const candidate = vi.fn(() => 1);
    await launch(3, { control: () => 1, candidate });
    expect(candidate).not.toHaveBeenCalled();

    await flags.close();
    const { mismatches, ignored, shed } = await report();
    expect([mismatches.count, ignored]).toEqual([0, 3]);
    expect(shed).toMatchObject([{ cause: 'inFlight', count: 3 }]);
  });

  it('knows that it is in a shadow however deep below, also after awaiting, and only there', async () => {
    const seen: [string, boolean][] = [];
    async function sendMail(who: string): Promise<void> {
      await delay(1);
      await Promise.all([turn()]);
      seen.push([who, flags.inShadow()]);
    }
    const ended = vi.fn();
    await flags.launch('engine', undefined, {
      control: () => sendMail('control'),
      candidate: () => sendMail('candidate').then(ended),
    });
    await sendMail('caller');
    await vi.waitFor(() => expect(ended).toHaveBeenCalled());
    expect(new Map(seen)).toEqual(
      new Map([
        ['control', false],
        ['caller', false],
        ['candidate', true],
      ]),
    );
  });

  it('never lets a late rejection of a candidate become an unhandled one', async () => {
    const { id } = await act('dials', { timeoutMs: 1 }, 'PATCH');
    await vi.waitFor(() => expect(flags.status().id).toBe(id));
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    let reject: (error: Error) => void = () => {};
    const aborted = new Promise<void>((resolve) => {
      void flags.launch('engine', undefined, {
        control: async () => {},
        candidate: ({ signal }) => {
          signal.addEventListener('abort', () => resolve());
          return new Promise((_, fail) => {
            reject = fail;
          });
        },
      });
    });
    await aborted;
    reject(new Error('much too late'));
    await turn();
    await turn();
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });

  it('leaves a rejection that the caller does not handle to the host, as if nobody had been there', async () => {
    const others = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    const unhandled = new Promise((resolve) => process.once('unhandledRejection', resolve));
    void flags.launch('engine', undefined, {
      control: async () => Promise.reject(new Error('nobody looks')),
      candidate: async () => {},
    });
    expect(await unhandled).toMatchObject({ message: 'nobody looks' });
    for (const listener of others) process.on('unhandledRejection', listener);
  });

  it('sheds a candidate that blocks the event loop for a minute after the first time', async () => {
    const candidate = vi.fn(() => {
      const end = performance.now() + 80;
      while (performance.now() < end);
    });
    const { id } = await act('dials', { maxBlockMs: 25 }, 'PATCH');
    await vi.waitFor(() => expect(flags.status().id).toBe(id));
    await launch(20, { control: () => undefined, candidate });
    expect(candidate).toHaveBeenCalledOnce();
    await flags.close();
    expect((await report()).shed).toMatchObject([{ cause: 'blocked', count: 19 }]);
  });

  it('lets in no more than the server says, which knows what all processes together show', async () => {
    const { id } = await act('dials', { maxBusyPercent: 99 }, 'PATCH');
    await vi.waitFor(() => expect(flags.status().id).toBe(id));
    const now = Date.now();
    const none = { same: 0, different: 0, ignored: 0, failed: 0 };
    const switchback = { worse: 30, better: 0, with: [], without: [], sharePercent: 0.1, stops: 0 };
    const told = { flag: 'engine', id, from: now - 9, to: now, compared: none, noise: none, shed: {}, clusters: [] };
    await server.sdk('/events', {
      method: 'POST',
      headers: { authorization: `Bearer ${server.serverKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ batch: 'of another process', launches: [{ ...told, paths: [], switchback }] }),
    });
    expect((await report()).harm.hold).toMatchObject({ sharePercent: 0 });
    const candidate = vi.fn(() => 1);
    const control = () => 1;
    await launch(1, { control, candidate });
    await flags.flush();
    candidate.mockClear();
    await launch(20, { control, candidate });
    expect(candidate).not.toHaveBeenCalled();
    await flags.close();
    expect((await report()).shed).toMatchObject([{ cause: 'held', count: 20 }]);
  });
});
