import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../browser/chromium.ts';
import { signIn } from './administrator.ts';
import { OPEN_PAGES, PAGES } from './all-pages.ts';
import { DashboardServer, discardBuild } from './dashboard-server.ts';
import { furnish } from './furnish.ts';
import { asSeen, axeFinds, listen, open, overflow, VIEWS, type View } from './look.ts';

/** Wide by day and narrow by night; `DIMMER_VIEWS=all` looks at all four. */
const LOOKED_AT = process.env.DIMMER_VIEWS === 'all' ? VIEWS : VIEWS.filter((_, index) => index % 3 === 0);
const MINUTES_MS = 240_000;

let server: DashboardServer;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([DashboardServer.start(), launchChromium()]);
  await furnish(server);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
  await discardBuild();
});

/** What is wrong with each of these pages, by name; nothing of those with which nothing is. */
async function findings(pages: Readonly<Record<string, string>>, view: View, isSignedIn: boolean) {
  const context = await browser.newContext(asSeen(view));
  if (isSignedIn) await signIn(context, server);
  const found: Record<string, readonly string[]> = {};
  for (const [name, path] of Object.entries(pages)) {
    const page = await context.newPage();
    const { complaints } = listen(page);
    await open(page, server.url + path);
    const wide = await overflow(page);
    const problems = [
      ...complaints,
      ...(await axeFinds(page)),
      ...(wide > 0 ? [`It is ${wide} px wider than its window.`] : []),
    ];
    if (problems.length > 0) found[name] = problems;
    await page.close();
  }
  await context.close();
  return found;
}

describe.each(LOOKED_AT)('Every page, $width px wide, $scheme', (view) => {
  it(
    'can be used by everybody, fits its window, and makes the browser complain of nothing',
    async () => {
      expect(await findings(OPEN_PAGES, view, false)).toEqual({});
      expect(await findings(PAGES, view, true)).toEqual({});
    },
    MINUTES_MS,
  );
});
