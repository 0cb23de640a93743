import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANN, signIn } from './administrator.ts';
import { CartServer } from './cart-server.ts';

const FLAGS = '/projects/default/flags';
const TABS = 8;
const MINUTES_MS = 180_000;

let world: CartServer;
beforeAll(async () => {
  world = await CartServer.start();
});
afterAll(() => world?.stop());

/** Ann's tabs, and which of them have a stream. */
const tabs: Page[] = [];
const streams = new Set<Page>();

/** Opens as many tabs as are missing to `TABS`: to load one takes a second of a processor. */
async function openTabs(): Promise<void> {
  while (tabs.length < TABS) {
    const page = await world.desk.newPage();
    const isStream = (url: string) => url.endsWith('/api/v1/stream');
    page.on('request', (request) => isStream(request.url()) && streams.add(page));
    page.on('requestfailed', (request) => isStream(request.url()) && streams.delete(page));
    await page.goto(world.server.url + FLAGS);
    await page.getByText('Cart', { exact: true }).first().waitFor();
    tabs.push(page);
  }
}

/** Renames the flag, and waits until each tab shows it. */
async function seenIn(pages: readonly Page[], name: string): Promise<void> {
  await world.server.call('PATCH', `${FLAGS}/cart`, { name });
  await Promise.all(pages.map((page) => page.getByText(name, { exact: true }).first().waitFor()));
}

const BOB = { email: 'bob@shop.example', name: 'Bob Best', password: 'another horse another battery' };

describe('Two people in one browser', () => {
  it(
    'do not see what the other has read or typed: a tab follows whoever signs in, in whichever tab',
    async () => {
      const { server, browser } = world;
      const grants = [{ role: 'viewer', project: 'default' }];
      const { link } = await server.call<{ link: string }>('POST', '/invitations', { email: BOB.email, grants });
      const away = await browser.newContext();
      const headers = { origin: server.url };
      const code = link.split('#')[1];
      const made = await away.request.post(`${server.url}/auth/link/accept`, { data: { code, ...BOB }, headers });
      expect(made.ok()).toBe(true);
      await away.close();

      const context = await browser.newContext({ reducedMotion: 'reduce' });
      await signIn(context, server);
      const [anns, other] = [await context.newPage(), await context.newPage()];
      await anns.goto(`${server.url}${FLAGS}/cart?environment=production`);
      await anns.getByLabel('Exact percentage').fill('33');
      await anns.getByLabel('Exact percentage').press('Enter');
      await anns.getByRole('region', { name: 'Unsaved changes' }).waitFor();

      // Ann goes in one tab, and Bob comes in it.
      await other.goto(server.url + FLAGS);
      await other.getByRole('button', { name: /^Account of Ann/ }).click();
      await other.getByRole('menuitem', { name: 'Sign out' }).click();
      await anns.waitForURL('**/sign-in*');
      await other.getByRole('textbox', { name: 'E-mail' }).fill(BOB.email);
      await other.getByRole('textbox', { name: 'Password' }).fill(BOB.password);
      await other.getByRole('button', { name: 'Sign in' }).click();
      await other.getByRole('button', { name: /^Account of Bob/ }).waitFor();

      // In Ann's tab nothing of hers is left, and nothing that Bob may not do is offered.
      await anns.goto(`${server.url}${FLAGS}/cart?environment=production`);
      await anns.getByRole('button', { name: /^Account of Bob/ }).waitFor();
      await anns.getByRole('heading', { name: 'Cart' }).waitFor();
      expect(await anns.getByRole('region', { name: 'Unsaved changes' }).count()).toBe(0);
      expect(await anns.getByLabel('Exact percentage').inputValue()).toBe('10');
      expect(await anns.getByLabel('Exact percentage').isDisabled()).toBe(true);

      // The other way round, without a word of the first tab: whoever comes in says so to all.
      const third = await context.newPage();
      const { email, password } = ANN;
      await context.request.post(`${server.url}/auth/sign-in/email`, { data: { email, password }, headers });
      await third.goto(server.url + FLAGS);
      await anns.getByRole('button', { name: /^Account of Ann/ }).waitFor();
      await expect.poll(() => anns.getByLabel('Exact percentage').inputValue()).toBe('33');
      await context.close();
    },
    MINUTES_MS,
  );
});

describe('Many tabs of one person', () => {
  it(
    'share one stream, over which each of them follows; another tab takes over from one that is closed',
    async () => {
      await openTabs();
      await seenIn(tabs, 'Basket');
      expect(streams.size).toBe(1);

      const [leader] = streams;
      if (!leader) throw new Error('no tab has a stream');
      await leader.close();
      streams.delete(leader);
      tabs.splice(tabs.indexOf(leader), 1);
      await expect.poll(() => streams.size, { timeout: 60_000 }).toBe(1);
      await seenIn(tabs, 'Cart');
    },
    MINUTES_MS,
  );

  it(
    'go on without a tab that the browser has frozen while it had the stream; thawed, it shows what it has missed',
    async () => {
      await openTabs();
      const [leader] = streams;
      if (!leader) throw new Error('no tab has a stream');
      const others = tabs.filter((page) => page !== leader);
      const debug = await world.desk.newCDPSession(leader);
      // As a frozen tab: no timer, no message, no event runs in it, and its connection stays open.
      await debug.send('Debugger.enable');
      await debug.send('Debugger.pause');

      await expect.poll(() => others.filter((page) => streams.has(page)).length, { timeout: 60_000 }).toBe(1);
      await seenIn(others, 'Trolley');

      await debug.send('Debugger.disable');
      await leader.getByText('Trolley', { exact: true }).first().waitFor();
      await seenIn(tabs, 'Cart');
      await Promise.all(tabs.map((page) => page.close()));
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
