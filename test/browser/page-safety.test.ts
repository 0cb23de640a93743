/** The checks of test/sdk-checks on what a client does to its page: what it says, throws, keeps and leaves behind. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { FakeServer } from '../../client/test/fake/fake-server.ts';
import { snapshotOf, switchFlag } from '../../client/test/fake/rules.ts';
import { expectInTime, IS_TIMED } from '../patience.ts';
import { launchChromium } from './chromium.ts';
import { type PageServer, servePage } from './page-server.ts';
import { until, VISITED_PAGE, Visitor } from './visitor.ts';

const KEY = 'web_public';
const CYCLES = IS_TIMED ? 1_000 : 300;
const MIB = 1_048_576;

let browser: Browser;
let pages: PageServer;
let server: FakeServer;
let visitor: Visitor;

beforeAll(async () => {
  browser = await launchChromium();
  pages = await servePage(VISITED_PAGE);
});

afterAll(async () => {
  await browser?.close();
  await pages?.close();
});

beforeEach(async () => {
  server = await FakeServer.start(snapshotOf({ a: switchFlag(true) }));
  visitor = await Visitor.arrive(browser, pages.url, { url: server.url, key: KEY });
});

afterEach(async () => {
  await visitor.leave();
  await server.close();
});

it('82: nothing of a context leaves the page, nor reaches the storage, the log or another answer', async () => {
  const condition = { attribute: 'email', operator: 'in', values: ['nobody@example.com'] };
  const rule = { id: 'r', when: [condition], serve: { variation: 'off' } };
  server.snapshot = snapshotOf({ a: { ...switchFlag(true), rules: [rule] } } as never);
  const tab = await visitor.open();
  const sent: string[] = [];
  tab.page.on('request', (request) => sent.push(request.url(), request.postData() ?? ''));
  const answers = await tab.page.evaluate(async () => {
    const context = { targetingKey: 'secret-person', email: 'secret@example.com' };
    const evaluations = [window.flags.evaluate('a', false, context), window.flags.evaluate('a', false)];
    await window.flags.close();
    return JSON.stringify([evaluations, { ...localStorage }]);
  });
  await until(() => server.batches.length > 0);
  expect(JSON.stringify([answers, sent, server.batches, tab.problems])).not.toContain('secret');
  expect(JSON.stringify(server.batches)).toContain('"count":2');
});

it('91: closed, it lets go of its connection, and many times leave nothing behind', async () => {
  const tab = await visitor.open();
  const devtools = await visitor.context.newCDPSession(tab.page);
  await devtools.send('Performance.enable');
  const closedAt = performance.now();
  await tab.page.evaluate(() => window.flags.close());
  await until(() => server.streams.size === 0);
  expectInTime('letting go of the connection', performance.now() - closedAt, 1_000);

  const cycle = (times: number) =>
    tab.page.evaluate(
      async ([options, count]) => {
        for (let time = 0; time < count; time++) {
          const flags = window.createClient(options);
          flags.isEnabled('a');
          // Closed before it connects, while it does, and afterwards.
          if (time % 100 === 0) await flags.ready();
          else if (time % 20 === 1) await new Promise((resolve) => setTimeout(resolve));
          await flags.close();
        }
      },
      [{ url: server.url, key: KEY, reporting: false }, times] as const,
    );
  const measure = async () => {
    await devtools.send('HeapProfiler.collectGarbage');
    const { metrics } = await devtools.send('Performance.getMetrics');
    const of = (name: string) => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
    const locks = await tab.page.evaluate(async () => {
      const { held = [], pending = [] } = await navigator.locks.query();
      return held.length + pending.length;
    });
    return { bytes: of('JSHeapUsedSize'), listeners: of('JSEventListeners'), locks };
  };
  await cycle(50);
  const before = await measure();
  await cycle(CYCLES);
  // A lock that was asked for as its client was closed is given back a moment later.
  await until(async () => (await measure()).locks === 0);
  const after = await measure();
  expect(after.bytes - before.bytes).toBeLessThan(2 * MIB);
  expect(after.listeners).toBe(before.listeners);
  await until(() => server.streams.size === 0);
  expect(tab.problems).toEqual([]);
});

it('93, 96: no error escapes to the page, whatever fails, and the log names no key', async () => {
  const tabs = [await visitor.open(), await visitor.open()] as const;
  const rejected = await Promise.all(
    tabs.map(({ page }) =>
      page.evaluateHandle(() => {
        const escaped: string[] = [];
        addEventListener('unhandledrejection', ({ reason }) => escaped.push(String(reason)));
        addEventListener('error', ({ message }) => escaped.push(message));
        return escaped;
      }),
    ),
  );
  server.send('snapshot', '{"schema":');
  await tabs[0].was('reconnecting');
  for (const tab of tabs) await tab.is('live');
  server.send('patch', { from: 'nowhere', id: '9.x' });
  server.behaviours.events = (_request, response) => response.writeHead(500).end('no');
  server.behaviours.stream = (_request, response) => response.writeHead(503).end();
  server.cut();
  for (const tab of tabs) await tab.is('reconnecting');
  server.behaviours.stream = (_request, response) => response.writeHead(401).end();
  for (const tab of tabs) await tab.is('refused');
  await server.close();
  for (const tab of tabs) {
    await tab.isEnabled('a');
    await tab.page.evaluate(() => window.flags.close());
  }
  for (const escaped of rejected) expect(await escaped.jsonValue()).toEqual([]);
  const said = tabs.flatMap(({ problems }) => problems).filter((problem) => problem.startsWith('[dimmer]'));
  expect(said.length).toBeGreaterThan(0);
  expect(said.join()).not.toContain(KEY);
});

it('94: a listener that throws, or never comes to an end, stops neither the others nor the stream', async () => {
  const tab = await visitor.open({}, '/');
  await tab.page.evaluate(() => {
    window.flags.on('change', () => {
      throw new Error('mine');
    });
    window.flags.on('change', () => Promise.reject(new Error('mine, later')));
    window.flags.on('change', () => new Promise(() => {}));
    window.flags.on('change', ({ id }) => {
      document.title = id;
    });
  });
  for (const on of [false, true]) {
    const { id } = server.change({ a: switchFlag(on) });
    await tab.has(id);
    expect(await tab.page.title()).toBe(id);
    expect(await tab.isEnabled('a')).toBe(on);
  }
  expect(tab.problems).toHaveLength(4);
  for (const problem of tab.problems) expect(problem).toMatch(/LISTENER_FAILED: Error: mine/);
});

it('97: says how the connection is, since when, by which rules, and why it was lost', async () => {
  const tab = await visitor.open();
  const live = await tab.status();
  expect(live).toMatchObject({ state: 'live', id: server.snapshot.id, source: 'stream', lastError: null });
  expect(live.lastEventAgeMs).toBeGreaterThanOrEqual(0);
  const { port } = server;
  await server.close();
  await tab.is('reconnecting');
  expect(await tab.status()).toMatchObject({ id: live.id, lastError: 'the connection ended' });
  expect((await tab.status()).since).toBeGreaterThan(live.since);
  server = await FakeServer.start(server.snapshot, { port });
  await tab.is('live');
});
