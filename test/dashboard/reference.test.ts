import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../browser/chromium.ts';
import { DashboardServer } from './dashboard-server.ts';
import { asSeen, listen, VIEWS } from './look.ts';

let server: DashboardServer;
let browser: Browser;
/** One page for all views: the reference viewer alone takes seconds of a processor each time that it is loaded. */
let page: Page;
let complaints: string[];
const elsewhere: string[] = [];

beforeAll(async () => {
  [server, browser] = await Promise.all([DashboardServer.start(), launchChromium()]);
  page = await browser.newPage({ reducedMotion: 'reduce' });
  ({ complaints } = listen(page));
  page.on('request', (request) => {
    if (!request.url().startsWith(server.url) && !request.url().startsWith('data:')) elsewhere.push(request.url());
  });
  await page.goto(`${server.url}/openapi`);
  await page.getByText('Say how many people get what').waitFor();
  await page.getByText('Turn a flag off now, with a reason').click();
  await page.getByText('The request has the wrong shape.').first().waitFor();
});
afterAll(() => Promise.all([server.stop(), browser.close()]));

describe('The API for people, at /openapi', () => {
  it.each(VIEWS)('is shown to who is not signed in, by what this server sends alone: $scheme, $width', async (view) => {
    const { viewport, colorScheme } = asSeen(view);
    await page.emulateMedia({ colorScheme: colorScheme ?? null });
    if (viewport) await page.setViewportSize(viewport);
    await page.getByText('The request has the wrong shape.').first().waitFor();
    expect(complaints).toEqual([]);
    expect(elsewhere).toEqual([]);
    const { scrollWidth, clientWidth } = await page.evaluate(() => ({
      scrollWidth: document.documentElement.scrollWidth,
      clientWidth: document.documentElement.clientWidth,
    }));
    expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
    if (process.env.DIMMER_LOOK) {
      await page.screenshot({ path: `${process.env.DIMMER_LOOK}/reference-${view.width}-${view.scheme}.png` });
    }
  });
});
