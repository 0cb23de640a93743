/**
 * Pictures of every page, light and dark, wide and narrow: `npx tsx test/dashboard/screenshots.ts <folder> [page]`.
 * For looking at: the tests see what is broken, not what is ugly.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launchChromium } from '../browser/chromium.ts';
import { signIn } from './administrator.ts';
import { allPages, OPEN_PAGES } from './all-pages.ts';
import { DashboardServer, discardBuild } from './dashboard-server.ts';
import { connectApplications, furnish } from './furnish.ts';
import { asSeen, listen, open, VIEWS } from './look.ts';

const [folder = 'screenshots', only = ''] = process.argv.slice(2);
const print = (line: string) => process.stdout.write(`${line}\n`);

await mkdir(folder, { recursive: true });
const [server, browser] = await Promise.all([DashboardServer.start(), launchChromium()]);
const furnished = await furnish(server);
const leave = await connectApplications(server);
for (const view of VIEWS) {
  const context = await browser.newContext(asSeen(view));
  for (const [name, path] of Object.entries({ ...OPEN_PAGES, ...allPages(furnished) })) {
    if (!name.startsWith(only)) continue;
    const isSignedIn = (await context.cookies()).length > 0;
    if (!(name in OPEN_PAGES) && !isSignedIn) await signIn(context, server);
    const page = await context.newPage();
    const { complaints } = listen(page);
    await open(page, server.url + path);
    await page.screenshot({ path: join(folder, `${name}-${view.width}-${view.scheme}.png`), fullPage: true });
    for (const complaint of complaints) print(`${name} ${view.width} ${view.scheme}: ${complaint}`);
    await page.close();
  }
  await context.close();
}
await browser.close();
await leave();
await server.stop();
await discardBuild();
