/** `@dimmer/browser/launch` in Chromium: the dark dial. */
import type { createClient, DimmerClient } from '@dimmer/browser/launch';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { TestServer } from '../../server/test/running-server.ts';
import { launchChromium } from './chromium.ts';
import { type PageServer, servePage } from './page-server.ts';

let browser: Browser;
let server: TestServer;
let pages: PageServer;
const opened: Page[] = [];

beforeAll(async () => {
  server = await TestServer.start();
  browser = await launchChromium();
  pages = await servePage(
    `
    import { createClient } from '@dimmer/browser/launch';
    window.createLaunchingClient = createClient;`,
    { '/chat': '{"new": true}' },
  );
  await server.admin('POST', 'flags', { key: 'chat', type: 'launch', browser: true });
  await server.admin('POST', 'flags/chat/environments/production/rollout', { dark: 100 });
});

afterEach(async () => {
  for (const page of opened.splice(0)) await page.close();
});

afterAll(async () => {
  await browser?.close();
  await pages?.close();
  await server?.stop();
});

/** None of the other brakes is what a test here is about, and a slow machine must not pull one. */
const NO_BRAKES = { maxBlockMs: 60_000, maxLagMs: 60_000, maxBusyPercent: 100 };
const dial = (dials: object) =>
  server.admin('PATCH', 'flags/chat/environments/production/dials', { ...NO_BRAKES, ...dials });
const shedOf = async () => {
  const { shed } = await server.admin('GET', 'flags/chat/environments/production/launch');
  return new Map(shed.map(({ cause, count }: { cause: string; count: number }) => [cause, count]));
};

/** A page with a client, which counts the calls of the new endpoint in `window.calls`. */
async function openPage(): Promise<Page> {
  const page = await browser.newPage();
  opened.push(page);
  await page.goto(pages.url);
  await page.waitForFunction(() => window.createLaunchingClient !== undefined);
  await page.evaluate(
    async (options) => {
      window.calls = 0;
      window.launching = window.createLaunchingClient(options);
      await window.launching.ready();
    },
    { url: server.url, key: server.browserKey },
  );
  return page;
}

/** One page view's call; resolves when the page has been idle since. */
const view = (page: Page) =>
  page.evaluate(async () => {
    await window.launching.launch(
      'chat',
      { targetingKey: 'ann' },
      {
        control: async () => undefined,
        candidate: async ({ signal }: { signal: AbortSignal }) => {
          window.calls++;
          await fetch('/chat', { signal });
        },
      },
    );
    await new Promise<void>((resolve) => requestIdleCallback(() => setTimeout(resolve)));
  });
const callsOf = (page: Page) => page.evaluate(() => window.calls);

describe('a page in the dark', () => {
  it('calls the new endpoint when it is idle and visible, and reports it', async () => {
    await dial({ fleetCallsPerSecond: 1_000_000 });
    const page = await openPage();
    await view(page);
    await vi.waitFor(async () => expect(await callsOf(page)).toBe(1));
    await vi.waitFor(async () => {
      // Not `close()`: it withdraws a shadow whose answer is still on its way, and says so.
      await page.evaluate(() => window.launching.flush());
      const { paths, audiences } = await server.admin('GET', 'flags/chat/environments/production/launch');
      expect(audiences.browser).toBe(2);
      expect(
        paths.map(({ path, role, calls }: { path: string; role: string; calls: number }) => [path, role, calls]),
      ).toEqual([
        ['control', 'answer', 1],
        ['candidate', 'shadow', 1],
      ]);
    });
  });

  it('does not while it is hidden, nor where the visitor saves data', async () => {
    await dial({ fleetCallsPerSecond: 1_000_000 });
    const page = await openPage();
    await page.evaluate(() => Object.defineProperty(document, 'hidden', { configurable: true, get: () => true }));
    await view(page);
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => false });
      Object.defineProperty(navigator, 'connection', { configurable: true, value: { saveData: true } });
    });
    await view(page);
    expect(await callsOf(page)).toBe(0);
    await page.evaluate(() => window.launching.close());
    await vi.waitFor(async () => expect([...(await shedOf()).keys()].sort()).toEqual(['hidden', 'saveData']));
  });

  it('keeps to its part of what the whole fleet may do', async () => {
    await dial({ fleetCallsPerSecond: 0 });
    const page = await openPage();
    for (let time = 0; time < 5; time++) await view(page);
    expect(await callsOf(page)).toBe(0);
    await page.evaluate(() => window.launching.close());
    await vi.waitFor(async () => expect((await shedOf()).get('fleet')).toBe(5));
  });
});

declare global {
  interface Window {
    createLaunchingClient: typeof createClient;
    launching: DimmerClient;
    calls: number;
  }
}
