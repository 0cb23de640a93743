import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../browser/chromium.ts';
import { signIn } from './administrator.ts';
import { allPages, OPEN_PAGES, PAGES } from './all-pages.ts';
import { DashboardServer } from './dashboard-server.ts';
import { connectApplications, furnish } from './furnish.ts';
import { asSeen, axeFinds, follow, listen, open, overflow, VIEWS, type View } from './look.ts';

/** Pages narrow by night, and dialogs wide by day; `DIMMER_VIEWS=all` looks at all in all four. */
const isLong = process.env.DIMMER_VIEWS === 'all';
const PAGES_SEEN = isLong ? VIEWS : VIEWS.slice(-1);
const DIALOGS_SEEN = isLong ? VIEWS : VIEWS.slice(0, 1);

let server: DashboardServer;
let browser: Browser;
let leave: () => Promise<void>;
let pages: Readonly<Record<string, string>>;

beforeAll(async () => {
  [server, browser] = await Promise.all([DashboardServer.start(), launchChromium()]);
  pages = allPages(await furnish(server));
  leave = await connectApplications(server);
});
afterAll(async () => {
  await leave?.();
  await browser?.close();
  await server?.stop();
});

/** What is wrong with each of these pages, by name; nothing of those with which nothing is. */
async function findings(pages: Readonly<Record<string, string>>, view: View, isSignedIn: boolean) {
  const context = await browser.newContext(asSeen(view));
  if (isSignedIn) await signIn(context, server);
  const page = await context.newPage();
  const { complaints } = listen(page);
  const found: Record<string, readonly string[]> = {};
  for (const [name, path] of Object.entries(pages)) {
    // Whoever is not signed in has no links to follow. The others are loaded one by one by the tests of each.
    if (isSignedIn && page.url().startsWith(server.url)) await follow(page, path);
    else await open(page, server.url + path);
    const wide = await overflow(page);
    const problems = [
      ...complaints.splice(0),
      ...(await axeFinds(page)),
      ...(wide > 0 ? [`It is ${wide} px wider than its window.`] : []),
    ];
    if (problems.length > 0) found[name] = problems;
  }
  await context.close();
  return found;
}

const OPENED = '[role=dialog], [role=menu], fieldset[aria-label^=Condition]';

/** Dialogs and menus: on which page, and what opens them. */
const DIALOGS: Readonly<Record<string, readonly [path: string, button: RegExp]>> = {
  'create a flag': [PAGES.flags, /^Create flag/],
  'edit a flag': [PAGES['flag-string'], /^Edit details/],
  'edit a rule': [PAGES['flag-string'], /^Edit(?! details)/],
  'kill a flag': [PAGES.kill, /^Kill New checkout/],
  'revert a change': [PAGES.changes, /^Revert/],
  'create a segment': [PAGES.segments, /^Create segment/],
  'create an environment': [PAGES.environments, /^Create environment/],
  'create a key': [PAGES.keys, /^Create .*key/],
  'invite somebody': [PAGES.people, /^Invite/],
  'search everything': [PAGES.flags, /^Search flags and pages/],
  'the account': [PAGES.flags, /^Account of/],
};

describe.each(PAGES_SEEN)('Every page, $width px wide, $scheme', (view) => {
  it('can be used by everybody, fits its window, and makes the browser complain of nothing', async () => {
    expect(await findings(OPEN_PAGES, view, false)).toEqual({});
    expect(await findings(pages, view, true)).toEqual({});
  });
});

describe.each(DIALOGS_SEEN)('Every dialog, $width px wide, $scheme', (view) => {
  it('can be used by everybody, and left with Escape', async () => {
    const context = await browser.newContext(asSeen(view));
    await signIn(context, server);
    const page = await context.newPage();
    const { complaints } = listen(page);
    await open(page, server.url);
    const found: Record<string, readonly string[]> = {};
    for (const [name, [path, button]] of Object.entries(DIALOGS)) {
      await follow(page, path);
      await page.getByRole('button', { name: button }).first().click();
      const opened = page.locator(OPENED).first();
      await opened.waitFor();
      const problems = [...complaints.splice(0), ...(await axeFinds(page, OPENED))];
      const isDialog = (await page.locator('[role=dialog], [role=menu]').count()) > 0;
      await page.keyboard.press('Escape');
      if (isDialog) await opened.waitFor({ state: 'detached' });
      if (problems.length > 0) found[name] = problems;
    }
    await context.close();
    expect(found).toEqual({});
  });
});
