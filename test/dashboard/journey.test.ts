import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchChromium } from '../browser/chromium.ts';
import { setUp, signIn } from './administrator.ts';
import { DashboardServer } from './dashboard-server.ts';
import { listen } from './look.ts';
import { Shop } from './shop.ts';

const PATIENCE = { interval: 20 };

let server: DashboardServer;
let browser: Browser;
beforeAll(async () => {
  [server, browser] = await Promise.all([DashboardServer.start(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

describe('From the first start to a feature that is killed at night', () => {
  it('goes by the dashboard alone, and applications follow each step', async () => {
    // The administrator follows the link that the first start has printed, and creates a flag.
    const desk = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await desk.newPage();
    const { complaints } = listen(page);
    await setUp(page, server);
    await page.getByRole('button', { name: 'Create flag' }).click();
    const creating = page.getByRole('dialog');
    await creating.getByLabel('Name', { exact: true }).fill('New checkout');
    await creating.getByLabel('Browsers may see it').check();
    await creating.getByRole('button', { name: 'Create flag' }).click();
    await page.waitForURL('**/flags/new-checkout*');

    const shop = await Shop.open(server, browser, 'new-checkout');
    await vi.waitFor(async () => expect(await shop.lit()).toEqual([0, 0, 0]), PATIENCE);

    // The product manager turns it up to 10 % in production.
    await page
      .getByRole('button', { name: /production/ })
      .or(page.getByRole('link', { name: /production/ }))
      .first()
      .click();
    await page.getByLabel('Exact percentage').fill('10');
    await page.getByLabel('Exact percentage').press('Enter');
    await page.getByLabel('Unsaved changes').getByRole('button', { name: /save/i }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
    await vi.waitFor(async () => {
      const [first = 0, ...others] = await shop.lit();
      expect(first).toBeGreaterThan(70);
      expect(first).toBeLessThan(130);
      expect(others).toEqual([first, first]);
    }, PATIENCE);
    const ramped = await shop.lit();

    // Whoever is on call kills it on a telephone, and sees that everybody has obeyed.
    const telephone = await browser.newContext({ viewport: { width: 360, height: 740 }, colorScheme: 'dark' });
    await signIn(telephone, server);
    const night = await telephone.newPage();
    await night.goto(`${server.url}/projects/default/kill`);
    await night.getByRole('button', { name: 'Kill New checkout' }).click();
    await night
      .getByRole('dialog')
      .getByLabel(/^Reason/)
      .fill('errors at the checkout');
    await night.getByRole('button', { name: 'Kill now' }).click();
    await night.getByText('Applied by 2 of 2 instances').waitFor();
    await vi.waitFor(async () => expect(await shop.lit()).toEqual([0, 0, 0]), PATIENCE);

    // The page of the product manager has followed, without being loaded again.
    await page
      .getByText(/killed/i)
      .first()
      .waitFor();

    // In the morning the kill is undone, and the same people have it again.
    const changes = night.getByRole('region', { name: 'The last 30 minutes' });
    await changes
      .getByRole('listitem')
      .filter({ hasText: 'errors at the checkout' })
      .getByRole('button', { name: /^Revert/ })
      .click();
    await night.getByRole('dialog').getByRole('button', { name: 'Revert' }).click();
    await vi.waitFor(async () => expect(await shop.lit()).toEqual(ramped), PATIENCE);
    expect(complaints).toEqual([]);
    await shop.close();
  });
});
