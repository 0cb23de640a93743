import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EventsBatch, FakeServer } from '../../client/test/fake/fake-server.ts';
import { snapshotOf, switchFlag } from '../../client/test/fake/rules.ts';
import { expectInTime } from '../patience.ts';
import { runApplication } from './application.ts';
import { closeClients, KEY, openClient, stateOf } from './clients.ts';
import { deliver, openFake, RULES, silentWorld } from './fake-client.ts';
import { eventually, passUntil, stopClock } from './stopped-clock.ts';

const RULES_OF_MANY = snapshotOf(
  Object.fromEntries(Array.from({ length: 16 }, (_, flag) => [`flag-${flag}`, switchFlag(true)])),
  '7.a',
);

let server: FakeServer;

beforeEach(async () => {
  server = await FakeServer.start(RULES);
});

afterEach(async () => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  await closeClients();
  await server.close();
});

/** Reads batches as the server does, and answers each by what `judge` says. */
function judge(status: (batch: EventsBatch) => number): void {
  server.behaviours.events = async (request, response) => {
    let body = '';
    for await (const piece of request) body += piece;
    const batch = JSON.parse(body) as EventsBatch;
    const verdict = status(batch);
    if (verdict === 202) server.batches.push(batch);
    response.writeHead(verdict).end();
  };
}

const countsOf = (batches: readonly EventsBatch[]) =>
  batches.flatMap(({ summaries }) => summaries.flatMap(({ counts }) => counts));

describe('G. Reports', () => {
  it('78 a batch that was not taken is sent again after 0.5 to 1.5 s, under the same name', async () => {
    const names: string[] = [];
    const times: number[] = [];
    judge(({ batch }) => {
      names.push(batch);
      times.push(Date.now());
      return names.length === 1 ? 500 : 202;
    });
    stopClock();
    const flags = openClient(server.url);
    await eventually(() => stateOf(flags) === 'live');
    flags.isEnabled('a');
    await passUntil(() => names.length === 2, { stepMs: 50 });
    expect(names[0]).toBe(names[1]);
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(450);
    expect(times[1]! - times[0]!).toBeLessThanOrEqual(1_550);
    await closeClients();
    expect(countsOf(server.batches)).toEqual([{ flag: 'a', variation: 'on', count: 1 }]);
  });

  it('79 a batch that is too large (413) is halved until it fits, and only what alone is too large is dropped', async () => {
    server.snapshot = RULES_OF_MANY;
    judge((batch) => {
      const counts = countsOf([batch]);
      return counts.length > 3 || counts.some(({ flag }) => flag === 'flag-5') ? 413 : 202;
    });
    const flags = openClient(server.url);
    await eventually(() => stateOf(flags) === 'live');
    for (let flag = 0; flag < 16; flag++) flags.isEnabled(`flag-${flag}`);
    await flags.close();
    const taken = countsOf(server.batches);
    expect(taken.map(({ flag }) => flag).sort()).toEqual(
      Object.keys(RULES_OF_MANY.flags)
        .filter((key) => key !== 'flag-5')
        .sort(),
    );
    expect(taken.every(({ count }) => count === 1)).toBe(true);
    expect(server.batches.flatMap(({ receipts }) => receipts)).toHaveLength(1);
    expect(new Set(server.batches.map(({ batch }) => batch)).size).toBe(server.batches.length);
    expect(server.batches.every(({ instance, sdk }) => instance && sdk)).toBe(true);
    for (const { id, from, to } of server.batches.flatMap(({ summaries }) => summaries)) {
      expect(id).toBe('7.a');
      expect(to).toBeGreaterThanOrEqual(from);
    }
  });

  it('81 closing takes at most 2 s though the server takes no report, and the process ends with it', async () => {
    server.behaviours.events = (request) => void request.resume();
    const { stdout, stderr, code } = await runApplication(
      `const flags = createClient({ url: '${server.url}', key: '${KEY}', cache: false });
       await flags.ready();
       flags.isEnabled('a');
       const began = performance.now();
       process.on('exit', () => console.log(Math.round(performance.now() - began)));
       await flags.close();`,
    );
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(Number(stdout)).toBeGreaterThan(0);
    expectInTime('closing', Number(stdout), 2_500);
  });

  it('83 an evaluation allocates at most 200 bytes for being counted, and waits for nothing', () => {
    const world = silentWorld();
    const flags = openFake(world);
    deliver(world);
    const context = { targetingKey: 'ann' };
    const bytesEach = Array.from({ length: 30 }, () => {
      const before = process.memoryUsage().heapUsed;
      for (let asked = 0; asked < 1_000; asked++) flags.isEnabled('a', context);
      return (process.memoryUsage().heapUsed - before) / 1_000;
    });
    // Where the collector came in between, the figure is below zero; the middle one is what was allocated.
    const median = bytesEach.sort((one, other) => one - other)[15]!;
    expect(median).toBeLessThanOrEqual(200);
    expect(world.requests).toEqual([]);
  });
});
