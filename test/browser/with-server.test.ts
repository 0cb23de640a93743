/** The browser SDK in Chromium against the real server, from a page of another origin. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { TestServer } from '../../server/test/running-server.ts';
import { launchChromium } from './chromium.ts';
import { type PageServer, servePage } from './page-server.ts';
import { Visitor } from './visitor.ts';

let browser: Browser;
let server: TestServer;
let pages: PageServer;

beforeAll(async () => {
  server = await TestServer.start();
  browser = await launchChromium();
  pages = await servePage(`
    import { createClient } from '@dimmer/browser';
    window.createClient = createClient;`);
});

afterAll(async () => {
  await browser?.close();
  await pages?.close();
  await server?.stop();
});

it('a page follows a ramp and a kill, and its evaluations arrive', async () => {
  await server.admin('POST', 'flags', { key: 'checkout', type: 'boolean', browser: true });
  await server.admin('POST', 'flags', { key: 'hidden', type: 'boolean' });
  const page = await browser.newPage();
  await page.goto(pages.url);
  await page.waitForFunction(() => window.createClient !== undefined);
  const ready = await page.evaluate(
    (options) => {
      window.flags = window.createClient(options);
      return window.flags.ready();
    },
    { url: server.url, key: server.browserKey, instance: 'page-1' },
  );
  expect(ready).toEqual({ ready: true, timedOut: false });
  const ask = (key: string) =>
    page.evaluate((name) => window.flags.evaluate(name, false, { targetingKey: 'ann' }), key);
  expect(await ask('checkout')).toMatchObject({ value: false, variation: 'off', source: 'stream' });
  expect(await ask('hidden')).toMatchObject({ errorCode: 'FLAG_NOT_FOUND' });

  const targeting = 'flags/checkout/environments/production';
  await server.admin('POST', `${targeting}/rollout`, { percent: 100 });
  await vi.waitFor(async () => expect(await ask('checkout')).toMatchObject({ value: true, variation: 'on' }));
  const [{ browserId: id }] = (await server.admin('POST', `${targeting}/kill`, { reason: 'too slow' })).rulesets;
  await vi.waitFor(async () => expect(await ask('checkout')).toMatchObject({ value: false, reason: 'DISABLED', id }));

  await page.goto('about:blank');
  await vi.waitFor(async () => {
    const { items } = await server.admin('GET', `${targeting}/evaluations`);
    expect(items.map(({ variation }: { variation: string }) => variation).sort()).toEqual(['off', 'on']);
  });
});

it('84, 85: seven tabs are one instance to the server, and follow a kill when the one that leads has crashed', async () => {
  await server.admin('POST', 'flags', { key: 'banner', type: 'boolean', browser: true });
  const visitor = await Visitor.arrive(browser, pages.url, { url: server.url, key: server.browserKey });
  const tabs = [await visitor.open(), ...(await Promise.all(Array.from({ length: 6 }, () => visitor.open())))];
  const { items } = await server.admin('GET', 'environments/production/instances');
  const connected = items.filter(({ instance }: { instance: string }) => instance.startsWith('tab-'));
  expect(connected).toMatchObject([{ instance: 'tab-1' }]);
  const inProduction = 'flags/banner/environments/production';
  const ramped = await server.admin('POST', `${inProduction}/rollout`, { percent: 100 });
  const [{ browserId: id }] = ramped.rulesets;
  for (const tab of tabs) {
    await tab.has(id);
    expect(await tab.isEnabled('banner')).toBe(true);
  }
  // The new one that leads is sent what it has missed, not everything.
  await tabs[0]!.crash();
  const killed = await server.admin('POST', `${inProduction}/kill`, { reason: 'ugly' });
  const [{ browserId: next }] = killed.rulesets;
  for (const tab of tabs.slice(1)) {
    await tab.has(next);
    expect(await tab.isEnabled('banner')).toBe(false);
    expect((await tab.changes()).at(-1)).toMatchObject({ id: next, keys: ['banner'] });
  }
  await visitor.leave();
});
