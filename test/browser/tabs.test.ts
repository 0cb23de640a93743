/** Seven tabs and one stream: checks 84 and 85. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeServer } from '../../client/test/fake/fake-server.ts';
import { snapshotOf, switchFlag, textFlag } from '../../client/test/fake/rules.ts';
import { expectInTime } from '../patience.ts';
import { launchChromium } from './chromium.ts';
import { bundlePage, type PageServer, pageWith, servePage } from './page-server.ts';
import { type Tab, until, VISITED_PAGE, Visitor } from './visitor.ts';

const RULES = snapshotOf({ a: switchFlag(true), text: textFlag('blue') });
const KEY = 'web_public';

let browser: Browser;
let pages: PageServer;
let server: FakeServer;
let visitor: Visitor;

beforeAll(async () => {
  browser = await launchChromium();
  pages = await servePage(VISITED_PAGE, {
    '/shut.html': pageWith('/page.js', "connect-src 'none'"),
    '/older.html': pageWith('/older.js'),
    '/older.js': await bundlePage(VISITED_PAGE, '0.0.9'),
  });
});

afterAll(async () => {
  await browser?.close();
  await pages?.close();
});

beforeEach(async () => {
  server = await FakeServer.start(RULES);
  visitor = await Visitor.arrive(browser, pages.url, { url: server.url, key: KEY });
});

afterEach(async () => {
  await visitor.leave();
  await server.close();
});

const streamsAsked = () => server.requests('stream').map(({ query }) => query.get('instance'));

/** Opens tabs, the first of which has the stream. */
async function openTabs(count: number): Promise<[leader: Tab, ...followers: Tab[]]> {
  const leader = await visitor.open();
  const followers = await Promise.all(Array.from({ length: count - 1 }, () => visitor.open()));
  for (const tab of [leader, ...followers]) await tab.has(server.snapshot.id);
  expect(streamsAsked()).toEqual([leader.instance]);
  return [leader, ...followers];
}

describe('84: seven tabs', () => {
  it('have one stream, through which each follows every change, and fetches of the pages do not wait', async () => {
    const tabs = await openTabs(7);
    const ids = [switchFlag(false), switchFlag(true), switchFlag(false)].map((a) => server.change({ a }).id);
    for (const tab of tabs) {
      await tab.has(ids.at(-1)!);
      expect((await tab.changes()).filter(({ keys }) => keys.length).slice(-3)).toMatchObject(
        ids.map((id) => ({ id })),
      );
      expect(await tab.isEnabled('a')).toBe(false);
    }
    const fetchMs = await Promise.all(
      tabs.map(({ page }) =>
        page.evaluate(async (url) => {
          const startedAt = performance.now();
          await (await fetch(url)).json();
          return performance.now() - startedAt;
        }, `${server.url}/sdk/v1/ruleset`),
      ),
    );
    expectInTime('a fetch of a page', fetchMs.toSorted((a, b) => a - b)[3] as number, 100);
    expect(streamsAsked()).toHaveLength(1);
    expect(server.streams.size).toBe(1);
    for (const { problems } of tabs) expect(problems).toEqual([]);
  });

  it('hear from the one that leads that the stream is lost, and have one stream again when it is back', async () => {
    const tabs = await openTabs(3);
    server.cut();
    for (const tab of tabs) await tab.was('reconnecting');
    const { id } = server.change({ a: switchFlag(false) });
    for (const tab of tabs) await tab.has(id);
    expect(server.streams.size).toBe(1);
    expect(streamsAsked()).toHaveLength(2);
  });

  it('follow a goodbye together, and have one stream afterwards', async () => {
    const tabs = await openTabs(3);
    server.send('goodbye', { reconnectInMs: 300 });
    await until(() => streamsAsked().length === 2);
    const { id } = server.change({ a: switchFlag(false) });
    for (const tab of tabs) {
      await tab.has(id);
      expect(await tab.states()).toEqual(['live', 'reconnecting', 'live']);
      expect(tab.problems).toEqual([]);
    }
    expect(server.streams.size).toBe(1);
  });

  it('are refused together when the key is, by one request and the question why', async () => {
    const tabs = await openTabs(3);
    server.behaviours.stream = (_request, response) => response.writeHead(401).end();
    server.cut();
    for (const tab of tabs) await tab.is('refused');
    // Each of them may have asked once, before it heard what another was told.
    expect(streamsAsked().length).toBeLessThanOrEqual(1 + 2 * tabs.length);
  });
});

describe('85: when the tab that leads', () => {
  it.each([
    ['is closed', (tab: Tab) => tab.close()],
    ['crashes', (tab: Tab) => tab.crash()],
    ['is frozen', (tab: Tab) => tab.freeze()],
    ['is so busy that it hears nothing', (tab: Tab) => tab.jam()],
  ])('%s, another takes over and no revision is lost', async (_how, harm) => {
    const [leader, ...followers] = await openTabs(3);
    const before = server.change({ a: switchFlag(false) }).id;
    for (const tab of followers) await tab.has(before);
    const harmedAt = performance.now();
    await harm(leader);
    // Made while nobody may be listening.
    const { id } = server.change({ a: switchFlag(true) });
    for (const tab of followers) {
      await tab.has(id);
      expect(await tab.isEnabled('a')).toBe(true);
    }
    expectInTime('to take over', performance.now() - harmedAt, 3_000);
    const successor = server.requests('stream').at(-1)!.query;
    expect(followers.map(({ instance }) => instance)).toContain(successor.get('instance'));
    expect([before, id]).toContain(successor.get('lastEventId'));
  });

  it('thaws or has time again, it follows the one that took over, and misses nothing', async () => {
    const [leader, follower] = (await openTabs(2)) as [Tab, Tab];
    const release = await leader.jam();
    await until(() => streamsAsked().at(-1) === follower.instance);
    release();
    const { id } = server.change({ a: switchFlag(false) });
    for (const tab of [follower, leader]) await tab.has(id);
    await leader.freeze();
    const next = server.change({ a: switchFlag(true) }).id;
    await leader.thaw();
    for (const tab of [leader, follower]) await tab.has(next);
    await until(() => server.streams.size === 1);
    expect(streamsAsked()).toEqual([leader.instance, follower.instance]);
  });

  it('is hidden while another is not, it hands the lead over, and nothing is lost', async () => {
    const [leader, follower] = (await openTabs(2)) as [Tab, Tab];
    await leader.hide();
    await until(() => streamsAsked().at(-1) === follower.instance);
    const { id } = server.change({ a: switchFlag(false) });
    for (const tab of [leader, follower]) await tab.has(id);
    await until(() => server.streams.size === 1);
    expect(streamsAsked()).toHaveLength(2);
  });
});

describe('a tab is right all the same', () => {
  it('when an event that another passes on does not fit: it asks that tab for a snapshot, and nobody else', async () => {
    const [leader, follower] = await openTabs(2);
    await follower!.page.evaluate(
      (name) =>
        new Promise((resolve) => {
          const channel = new BroadcastChannel(name);
          channel.onmessage = ({ data: { term, event } }) => {
            if (!event) return;
            channel.postMessage({ term, from: 0.5, event: ['patch', '{"from":"7.x","id":"8.x"}'] });
            channel.close();
            resolve(undefined);
          };
          channel.postMessage({ term: 0, from: 0.5, join: '' });
        }),
      `dimmer source ${server.url} ${KEY}`,
    );
    await follower!.was('reconnecting');
    const { id } = server.change({ a: switchFlag(false) });
    await follower!.has(id);
    expect(await leader.status()).toMatchObject({ id, lastError: null });
    expect(streamsAsked()).toHaveLength(1);
  });

  it('beside one with another version of the SDK, each of which has a stream', async () => {
    const tabs = [await visitor.open(), await visitor.open({}, '/older.html'), await visitor.open()];
    expect(server.requests('stream').map(({ query }) => query.get('sdk'))).toEqual(['browser/source', 'browser/0.0.9']);
    const { id } = server.change({ a: switchFlag(false) });
    for (const tab of tabs) await tab.has(id);
  });

  it('whose page forbids connections, by the stream of another; and its failure to lead stops nobody', async () => {
    const shut = await visitor.open({ initTimeoutMs: 300 }, '/shut.html');
    expect(await shut.status()).toMatchObject({ state: 'reconnecting', source: 'default' });
    const open = await visitor.open();
    for (const tab of [open, shut]) await tab.has(RULES.id);
    const { id } = server.change({ a: switchFlag(false) });
    for (const tab of [open, shut]) await tab.has(id);
    // It would lead in the place of one that is hidden, had it not failed at it.
    await open.hide();
    const next = server.change({ a: switchFlag(true) }).id;
    for (const tab of [open, shut]) await tab.has(next);
    expect(await shut.states()).toEqual(['reconnecting', 'live']);
    expect(streamsAsked()).toEqual([open.instance]);
  });

  it('beside one with another key', async () => {
    await openTabs(2);
    const other = await visitor.open({ key: 'web_other' });
    await other.has(RULES.id);
    expect(server.requests('stream').map(({ query }) => query.get('key'))).toEqual([KEY, 'web_other']);
  });

  it.each([
    ['there are no Web Locks', () => Object.defineProperty(navigator, 'locks', { value: undefined })],
    [
      'Web Locks throw',
      () =>
        Object.defineProperty(navigator, 'locks', {
          value: {
            request() {
              throw new DOMException('denied', 'SecurityError');
            },
          },
        }),
    ],
    [
      'Web Locks refuse',
      () =>
        Object.defineProperty(navigator, 'locks', {
          value: { request: () => Promise.reject(new DOMException('denied', 'SecurityError')) },
        }),
    ],
    ['there is no BroadcastChannel', () => Object.defineProperty(window, 'BroadcastChannel', { value: undefined })],
    [
      'BroadcastChannel throws',
      () =>
        Object.defineProperty(window, 'BroadcastChannel', {
          value: class {
            constructor() {
              throw new DOMException('denied', 'SecurityError');
            }
          },
        }),
    ],
  ])('where %s: then it has a stream of its own', async (_what, deprive) => {
    const tabs = [await visitor.open(), await visitor.open({}, '/', (page) => page.addInitScript(deprive))];
    const { id } = server.change({ a: switchFlag(false) });
    for (const tab of tabs) await tab.has(id);
    expect(streamsAsked()).toEqual(['tab-1', 'tab-2']);
    expect(tabs.flatMap(({ problems }) => problems)).toEqual([]);
  });
});

it('a tab whose request for the lead is never answered follows one that leads, and is alone where there is none', async () => {
  const silence = (page: Page) =>
    page.addInitScript(() =>
      Object.defineProperty(navigator, 'locks', { value: { request: () => new Promise(() => {}) } }),
    );
  const alone = await visitor.open({}, '/', silence);
  await alone.is('live');
  const leader = await visitor.open();
  const follower = await visitor.open({}, '/', silence);
  const { id } = server.change({ a: switchFlag(false) });
  for (const tab of [alone, leader, follower]) await tab.has(id);
  expect(streamsAsked()).toEqual(['tab-1', 'tab-2']);
});

describe('10: two clients in one page', () => {
  it('of one environment have one stream and give one answer; closing one leaves the other alive', async () => {
    const [tab] = await openTabs(1);
    await tab.page.evaluate(
      async (options) => {
        const second = window.createClient(options);
        await second.ready();
        await window.flags.close();
        window.flags = second;
      },
      { url: server.url, key: KEY, instance: 'second' },
    );
    const { id } = server.change({ a: switchFlag(false) });
    await tab.has(id);
    expect(await tab.isEnabled('a')).toBe(false);
    expect(streamsAsked()).toEqual(['tab-1', 'second']);
  });
});
