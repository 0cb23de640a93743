import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { signIn } from './administrator.ts';
import { CartServer } from './cart-server.ts';

const FLAGS = '/projects/default/flags';
const TABS = 8;
const MINUTES_MS = 180_000;

let world: CartServer;
beforeAll(async () => {
  world = await CartServer.start();
});
afterAll(() => world?.stop());

async function openTabs(context: BrowserContext): Promise<{ tabs: Page[]; streams: Set<Page> }> {
  const tabs: Page[] = [];
  const streams = new Set<Page>();
  for (let index = 0; index < TABS; index++) {
    const page = await context.newPage();
    const isStream = (url: string) => url.endsWith('/api/v1/stream');
    page.on('request', (request) => isStream(request.url()) && streams.add(page));
    page.on('requestfailed', (request) => isStream(request.url()) && streams.delete(page));
    await page.goto(world.server.url + FLAGS);
    await page.getByText('Cart', { exact: true }).first().waitFor();
    tabs.push(page);
  }
  return { tabs, streams };
}

/** Renames the flag, and waits until each tab shows it. */
async function seenIn(tabs: readonly Page[], name: string): Promise<void> {
  await world.server.call('PATCH', `${FLAGS}/cart`, { name });
  await Promise.all(tabs.map((page) => page.getByText(name, { exact: true }).first().waitFor()));
}

describe('Many tabs of one person', () => {
  it(
    'share one stream, over which each of them follows; another tab takes over from one that is closed',
    async () => {
      const context = await world.browser.newContext();
      await signIn(context, world.server);
      const { tabs, streams } = await openTabs(context);
      await seenIn(tabs, 'Basket');
      expect(streams.size).toBe(1);

      const [leader] = streams as Set<Page>;
      await leader?.close();
      const left = tabs.filter((page) => page !== leader);
      await expect.poll(() => left.filter((page) => streams.has(page)).length, { timeout: 60_000 }).toBe(1);
      await seenIn(left, 'Cart');
      await context.close();
    },
    MINUTES_MS,
  );

  it(
    'lose it together when their owner signs out',
    async () => {
      const context = await world.browser.newContext();
      await signIn(context, world.server);
      const pages = [await context.newPage(), await context.newPage()];
      for (const page of pages) {
        await page.goto(world.server.url + FLAGS);
        await page.getByText('Cart', { exact: true }).first().waitFor();
      }
      await context.request.post(`${world.server.url}/auth/sign-out`, {
        data: {},
        headers: { origin: world.server.url },
      });
      await Promise.all(pages.map((page) => page.waitForURL('**/sign-in*', { timeout: 60_000 })));
      await context.close();
    },
    MINUTES_MS,
  );
});
