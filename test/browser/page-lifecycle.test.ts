/** Pages that are hidden, left, frozen, come back, go offline and sleep: checks 86 to 88. */
import type { ServerResponse } from 'node:http';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { FakeServer } from '../../client/test/fake/fake-server.ts';
import { snapshotOf, switchFlag } from '../../client/test/fake/rules.ts';
import { launchChromium } from './chromium.ts';
import { type PageServer, servePage } from './page-server.ts';
import { type Tab, until, VISITED_PAGE, Visitor } from './visitor.ts';

const RULES = snapshotOf({ a: switchFlag(true) });
const KEY = 'web_public';
const MANY = 400;

let browser: Browser;
let pages: PageServer;
let server: FakeServer;
let visitor: Visitor;

beforeAll(async () => {
  // Playwright forbids browsers to keep pages for the way back; real ones do.
  browser = await launchChromium({ ignoreDefaultArgs: ['--disable-back-forward-cache'] });
  pages = await servePage(VISITED_PAGE, { '/next.html': '<title>next</title>' });
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

/** Opens a tab whose clock can be moved, and stopped. */
const openWithClock = () => visitor.open({}, '/', (page) => page.clock.install());
const streamsAsked = () => server.requests('stream').map(({ query }) => query.get('instance'));
const turnOff = () => server.change({ a: switchFlag(false) }).id;
/** Each batch once, as the server counts them: what was sent beside another is sent again in its turn. */
const countsReported = () =>
  [...new Map(server.batches.map((sent) => [sent.batch, sent])).values()].flatMap(({ summaries }) =>
    summaries.flatMap(({ counts }) => counts.map(({ count }) => count)),
  );

/** Asks for many flags, so that there is much to report. */
async function askForMany({ page }: Tab): Promise<void> {
  await page.evaluate((many) => {
    for (let i = 0; i < many; i++) window.flags.isEnabled(`a-flag-with-a-name-of-usual-length-${i}`);
  }, MANY);
}

/** Lets time pass, in which the server sends its pings. */
async function passHearing({ page }: Tab, ms: number): Promise<void> {
  for (let leftMs = ms; leftMs > 0; leftMs -= 15_000) {
    await page.clock.fastForward(Math.min(leftMs, 15_000));
    const { now } = await page.evaluate(() => ({ now: Date.now() }));
    server.send('ping', { id: server.snapshot.id, at: now });
    await until(async () => (await page.evaluate(() => window.flags.status().lastEventAgeMs ?? 1e9)) < 10_000);
  }
}

describe('86: a page that is hidden', () => {
  it('for 60 s lets go of its stream, and has fresh rules within 2 s of being visible again', async () => {
    const tab = await openWithClock();
    await tab.stopClock();
    await tab.hide();
    await passHearing(tab, 59_000);
    await tab.has(RULES.id);
    expect(server.streams.size).toBe(1);
    await tab.page.clock.fastForward(1_000);
    await tab.is('paused');
    await until(() => server.streams.size === 0);
    const id = turnOff();
    await tab.page.clock.fastForward(600_000);
    expect(await tab.isEnabled('a')).toBe(true);
    expect(streamsAsked()).toHaveLength(1);
    await tab.startClock();
    await tab.show();
    await tab.has(id);
    expect(await tab.isEnabled('a')).toBe(false);
    expect(tab.problems).toEqual([]);
  });

  it('for a shorter time keeps it', async () => {
    const tab = await openWithClock();
    await tab.stopClock();
    await tab.hide();
    await passHearing(tab, 50_000);
    await tab.show();
    await tab.page.clock.fastForward(14_000);
    await tab.has(turnOff());
    expect(streamsAsked()).toHaveLength(1);
  });

  it('with all others of its site leaves no stream open after 60 s, and the first to come back has it', async () => {
    const tabs = [await openWithClock(), await openWithClock()] as const;
    for (const tab of tabs) await tab.hide();
    for (const tab of tabs) await tab.page.clock.fastForward(60_000);
    for (const tab of tabs) await tab.is('paused');
    await until(() => server.streams.size === 0);
    const id = turnOff();
    await tabs[1].show();
    await tabs[1].has(id);
    expect(streamsAsked().at(-1)).toBe('tab-2');
    await tabs[0].show();
    await tabs[0].has(id);
    await until(() => server.streams.size === 1);
  });

  it('from the start connects all the same, and rests after 60 s', async () => {
    const tab = await visitor.open({}, '/', async (page) => {
      await page.clock.install();
      await page.addInitScript(() => Object.defineProperty(document, 'hidden', { value: true }));
    });
    await tab.has(RULES.id);
    await tab.page.clock.fastForward(60_000);
    await tab.is('paused');
  });
});

describe('87: what is counted', () => {
  it('arrives when the page is left, in a request that outlives it', async () => {
    const tab = await visitor.open();
    await askForMany(tab);
    await tab.page.goto('about:blank');
    await until(() => countsReported().length > 0);
    expect(countsReported().every((count) => count === 1)).toBe(true);
  });

  it('arrives when the tab is closed', async () => {
    const tab = await visitor.open();
    await tab.isEnabled('a');
    await tab.page.close({ runBeforeUnload: true });
    await until(() => countsReported().length === 1);
  });

  it('arrives when the page is hidden, and when it is frozen', async () => {
    const tab = await visitor.open();
    await tab.isEnabled('a');
    await tab.hide();
    await until(() => countsReported().length === 1);
    await tab.isEnabled('a');
    await tab.freeze();
    await until(() => countsReported().length === 2);
  });

  it('arrives when the page is frozen before the answer to what was sent earlier', async () => {
    const tab = await visitor.open();
    server.behaviours.events = (request, response) =>
      void server.events(request, { writeHead: () => ({ end: () => held.push(response) }) } as never);
    const held: ServerResponse[] = [];
    await tab.isEnabled('a');
    await tab.hide();
    await until(() => countsReported().length === 1);
    await tab.isEnabled('a');
    await tab.freeze();
    await until(() => countsReported().length === 2);
    expect(held.length).toBeGreaterThan(1);
  });

  it('is sent by a request without `keepalive` where it exceeds 60 kB, which browsers would not send with it', async () => {
    const flags = Object.fromEntries(
      Array.from({ length: 1_000 }, (_, i) => [
        `a-flag-with-a-rather-long-name-${i}`.padEnd(60, '-'),
        switchFlag(true),
      ]),
    );
    server.snapshot = snapshotOf(flags);
    const tab = await visitor.open();
    await tab.page.evaluate((keys) => {
      for (const key of keys) window.flags.isEnabled(key);
    }, Object.keys(flags));
    await tab.hide();
    await until(() => countsReported().length === 1_000);
  });
});

describe('87: a page that comes back', () => {
  /**
   * Goes on to another page and back. The packaged Chromium keeps no page for the way back; a whole one does (name it
   * in DIMMER_CHROMIUM). Without, the page is given the same events, and the test says so.
   */
  async function leaveAndReturn({ page }: Tab, meanwhile: () => void): Promise<void> {
    await page.goto(`${pages.url}/next.html`);
    await until(() => server.streams.size === 0);
    meanwhile();
    await page.goBack({ waitUntil: 'commit' });
  }

  it('from the back/forward cache is in step again within 2 s', async () => {
    const tab = await visitor.open();
    let id = '';
    await leaveAndReturn(tab, () => {
      id = turnOff();
    });
    if (!(await tab.page.evaluate(() => 'flags' in window))) {
      // biome-ignore lint/suspicious/noConsole: a test that is weaker than its title has to say so
      console.warn('NOT REAL: this Chromium keeps no page for the way back, so its events are dispatched by the test.');
      await tab.page.waitForFunction(() => window.createClient !== undefined);
      await tab.create({ url: server.url, key: KEY, instance: 'again' });
      await tab.page.evaluate(() => dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })));
      expect(await tab.status()).toMatchObject({ state: 'paused' });
      await until(() => server.streams.size === 0);
      id = server.change({ a: switchFlag(true) }).id;
      await tab.page.evaluate(() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })));
    }
    await tab.has(id);
    expect(tab.problems).toEqual([]);
  });

  it('has given the browser no reason to forget it', async () => {
    const tab = await visitor.open();
    await tab.isEnabled('a');
    const devtools = await visitor.context.newCDPSession(tab.page);
    await devtools.send('Page.enable');
    const reasons: string[] = [];
    devtools.on('Page.backForwardCacheNotUsed', ({ notRestoredExplanations }) =>
      reasons.push(...notRestoredExplanations.map(({ reason }) => reason)),
    );
    await leaveAndReturn(tab, () => undefined);
    await tab.page.waitForFunction(() => window.createClient !== undefined);
    // What a Chromium without such a cache says of every page; and it looks for locks before the page has heard that it
    // is left, which is when they are given back.
    const ofBrowser = ['BrowsingInstanceNotSwapped', 'BackForwardCacheDisabledForDelegate', 'WebLocks'];
    expect(reasons.filter((reason) => !ofBrowser.includes(reason))).toEqual([]);
  });
});

describe('88: a browser', () => {
  it('that is offline attempts nothing, and reconnects within 1 s of being online again', async () => {
    const tab = await openWithClock();
    await visitor.context.setOffline(true);
    await tab.is('paused');
    const id = turnOff();
    await tab.page.clock.fastForward(600_000);
    expect(streamsAsked()).toHaveLength(1);
    expect(await tab.isEnabled('a')).toBe(true);
    await visitor.context.setOffline(false);
    await tab.has(id);
    expect(tab.problems).toEqual([]);
  });

  it('that is offline from the start attempts nothing, answers, and connects when it is online', async () => {
    const tab = await visitor.open({ initTimeoutMs: 50 }, '/', (page) =>
      page.addInitScript(() => Object.defineProperty(navigator, 'onLine', { configurable: true, value: false })),
    );
    expect(await tab.status()).toMatchObject({ state: 'paused' });
    expect(await tab.isEnabled('a')).toBe(false);
    expect(server.seen).toEqual([]);
    await tab.page.evaluate(() => {
      Object.defineProperty(navigator, 'onLine', { value: true });
      dispatchEvent(new Event('online'));
    });
    await tab.has(RULES.id);
  });

  it('does not come back to the millisecond', async () => {
    const tab = await visitor.open({ reporting: false }, '/', (page) =>
      page.addInitScript(() => {
        const { setTimeout } = window;
        Object.assign(window, {
          delays: [],
          setTimeout(run: () => void, ms: number) {
            window.delays.push(ms);
            return setTimeout(run, ms);
          },
        });
      }),
    );
    const waits = new Set<number>();
    for (let time = 1; time <= 5; time++) {
      await visitor.context.setOffline(true);
      await tab.is('paused');
      await tab.page.evaluate(() => window.delays.splice(0));
      await visitor.context.setOffline(false);
      await tab.is('live');
      // The longer ones watch over the connection that is there by then.
      waits.add(await tab.page.evaluate(() => window.delays.find((ms) => ms > 0 && ms < 1_000) ?? 0));
      expect(waits.size).toBe(time);
    }
    expect(Math.min(...waits)).toBeGreaterThan(0);
  });

  it('that has slept for ten minutes reconnects at once and once', async () => {
    const tab = await openWithClock();
    // The connection died in the night; nobody has told the browser.
    server.streams.clear();
    const id = turnOff();
    await tab.page.clock.fastForward(600_000);
    await tab.has(id);
    expect(streamsAsked()).toHaveLength(2);
  });
});

declare global {
  interface Window {
    delays: number[];
  }
}
