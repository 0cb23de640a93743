import type { createClient, DimmerClient } from '@dimmer/browser';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeServer } from '../../client/test/fake/fake-server.ts';
import { snapshotOf, switchFlag, textFlag } from '../../client/test/fake/rules.ts';
import { launchChromium } from './chromium.ts';
import { type PageServer, servePage } from './page-server.ts';

declare global {
  interface Window {
    createClient: typeof createClient;
    flags: DimmerClient;
    globalsBefore: string[];
    changes: { readonly keys: readonly string[]; readonly id: string }[];
  }
}

const RULES = snapshotOf({ a: switchFlag(true), text: textFlag('blue') });
const KEY = 'web_public';

let browser: Browser;
let pages: PageServer;
let context: BrowserContext;
let page: Page;
let server: FakeServer;
let problems: string[];

beforeAll(async () => {
  browser = await launchChromium();
  pages = await servePage(`
    window.globalsBefore = Object.keys(window);
    const { createClient } = await import('@dimmer/browser');
    window.createClient = createClient;`);
});

afterAll(async () => {
  await browser?.close();
  await pages?.close();
});

beforeEach(async () => {
  server = await FakeServer.start(RULES);
  context = await browser.newContext();
  // A lucky client: what waits for a random time waits shortly.
  await context.addInitScript(() => {
    Math.random = () => 0.15;
  });
  await open();
});

afterEach(async () => {
  await context.close();
  await server.close();
});

/** Opens a page of the same origin and storage. */
async function open(): Promise<void> {
  page = await context.newPage();
  problems = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => problems.push(message.text()));
  await page.goto(pages.url);
  await page.waitForFunction(() => window.createClient !== undefined);
}

/** Makes a client in the page and waits until it is ready. */
async function connect(options: object = {}): Promise<{ ready: boolean; timedOut: boolean }> {
  return page.evaluate(
    (given) => {
      window.flags = window.createClient(given as never);
      window.changes = [];
      window.flags.on('change', (change) => window.changes.push(change));
      return window.flags.ready();
    },
    { url: server.url, key: KEY, ...options },
  );
}

const isEnabled = (key: string) => page.evaluate((name) => window.flags.isEnabled(name), key);
const status = () => page.evaluate(() => window.flags.status());

describe('a client in Chromium', () => {
  it('is ready, decides and follows changes, on a page with a strict content security policy', async () => {
    expect(await connect()).toEqual({ ready: true, timedOut: false });
    expect(await isEnabled('a')).toBe(true);
    const { id } = server.change({ a: switchFlag(false) });
    await vi.waitFor(async () =>
      expect(await page.evaluate(() => window.changes.at(-1))).toMatchObject({ id, keys: ['a'] }),
    );
    expect(await isEnabled('a')).toBe(false);
    expect(problems).toEqual([]);
    expect(Object.fromEntries(server.requests('stream')[0]!.query)).toMatchObject({ key: KEY, sdk: 'browser/source' });
  });

  it('adds nothing to the page’s globals', async () => {
    await connect();
    const added = await page.evaluate(() => Object.keys(window).filter((name) => !window.globalsBefore.includes(name)));
    expect(added.filter((name) => !['createClient', 'flags', 'changes', 'globalsBefore'].includes(name))).toEqual([]);
  });

  it('keeps its rules for a page that opens while the server is away', async () => {
    await connect();
    await page.evaluate(() => window.flags.close());
    await server.close();
    await open();
    expect(await connect({ initTimeoutMs: 50 })).toEqual({ ready: false, timedOut: true });
    expect(await page.evaluate(() => window.flags.evaluate('text', 'red'))).toMatchObject({
      value: 'blue',
      source: 'cache',
    });
    const other = { url: server.url, key: 'web_other', initTimeoutMs: 0 };
    expect(await page.evaluate((given) => window.createClient(given).value('text', 'red'), other)).toBe('red');
  });

  it('works from memory where storage is denied', async () => {
    await context.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    });
    await open();
    expect(await connect()).toEqual({ ready: true, timedOut: false });
    await page.evaluate(() => window.flags.close());
    expect(problems).toEqual([]);
  });

  it('comes back after a 503, for which EventSource gives up for ever', async () => {
    server.behaviours.stream = (_request, response) => response.writeHead(503).end();
    await connect({ initTimeoutMs: 300 });
    await vi.waitFor(async () =>
      expect(await status()).toMatchObject({ state: 'reconnecting', lastError: 'HTTP 503' }),
    );
    server.behaviours.stream = undefined;
    await vi.waitFor(async () => expect((await status()).state).toBe('live'));
  });

  it('comes back soon if the server is well again by the time it is asked for its status', async () => {
    server.behaviours.stream = (_request, response) => {
      server.behaviours.stream = undefined;
      response.writeHead(503).end();
    };
    expect(await connect()).toEqual({ ready: true, timedOut: false });
    expect(server.requests('stream')).toHaveLength(3);
  });

  it('comes back after its stream was cut, from the id that it holds', async () => {
    await connect();
    server.cut();
    await vi.waitFor(async () => expect((await status()).state).toBe('reconnecting'));
    expect(await isEnabled('a')).toBe(true);
    await vi.waitFor(async () => expect((await status()).state).toBe('live'));
    expect(server.requests('stream').at(-1)?.query.get('lastEventId')).toBe(RULES.id);
  });

  it.each([
    ['the key is refused', 401, 'text/plain'],
    ['something else answers', 200, 'text/html'],
  ])('asks rarely when %s', async (_why, code, type) => {
    server.behaviours.stream = (_request, response) => response.writeHead(code, { 'content-type': type }).end('<html>');
    await connect({ initTimeoutMs: 300, bootstrap: RULES });
    await vi.waitFor(async () => expect(await status()).toMatchObject({ state: 'refused', lastError: `HTTP ${code}` }));
    expect(await isEnabled('a')).toBe(true);
  });

  it('ignores a snapshot that is cut off, and a malformed patch', async () => {
    await connect();
    for (const stream of server.streams) stream.write('event: snapshot\nid: 9.x\ndata: {"schema":1');
    server.cut();
    await vi.waitFor(() => expect(server.requests('stream')).toHaveLength(2));
    await vi.waitFor(async () => expect((await status()).state).toBe('live'));
    expect(server.requests('stream').at(-1)?.query.get('lastEventId')).toBe(RULES.id);
    server.send('patch', '{"from":');
    await vi.waitFor(() => expect(server.requests('stream').at(-1)?.query.get('lastEventId')).toBeNull());
    expect(await isEnabled('a')).toBe(true);
  });

  it('sends what it has counted when the page is left', async () => {
    await connect();
    await page.evaluate(() => {
      for (let i = 0; i < 5; i++) window.flags.isEnabled('a');
    });
    await page.goto('about:blank');
    await vi.waitFor(() => {
      const counts = server.batches.flatMap(({ summaries }) => summaries.flatMap((summary) => summary.counts));
      expect(counts).toEqual([{ flag: 'a', variation: 'on', count: 5 }]);
    });
  });

  it('closed lets go of its connection', async () => {
    await connect();
    expect(server.streams.size).toBe(1);
    await page.evaluate(() => window.flags.close());
    await vi.waitFor(() => expect(server.streams.size).toBe(0));
  });

  it('serves defaults, and says so, for options that are nonsense', async () => {
    const answers = await page.evaluate(() => {
      const clients = [undefined, null, 7, {}, { url: 1, key: 2 }, { url: 'http://[', key: 'k' }].map((options) =>
        window.createClient(options as never),
      );
      window.flags = clients.at(-1) as DimmerClient;
      return clients.map((flags) => [flags.value('text', 'red'), flags.status().state]);
    });
    expect(answers).toEqual([...Array(5).fill(['red', 'offline']), ['red', 'connecting']]);
    await vi.waitFor(async () => expect((await status()).state).toBe('refused'));
    expect(problems.filter((text) => text.includes('OPTION_INVALID')).length).toBeGreaterThanOrEqual(5);
  });
});
