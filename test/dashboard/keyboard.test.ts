import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CartServer } from './cart-server.ts';

const KILL = '/projects/default/kill';

let world: CartServer;
let server: CartServer['server'];
beforeAll(async () => {
  world = await CartServer.start();
  server = world.server;
});
afterAll(() => world?.stop());

const openPage: CartServer['open'] = (path, size) => world.open(path, size);

/** Whether what has the focus can be seen in the window. */
function focusIsSeen(page: Page): Promise<boolean> {
  return page.evaluate(() => {
    const { left, right } = document.activeElement?.getBoundingClientRect() ?? { left: 0, right: 0 };
    return right > 0 && left < window.innerWidth;
  });
}

describe('With the keyboard alone', () => {
  it('a dialog that is left with Escape gives the focus back to the button that opened it', async () => {
    const page = await openPage(KILL);
    const kill = page.getByRole('button', { name: 'Kill Cart' });
    await kill.focus();
    await page.keyboard.press('Enter');
    await page
      .getByRole('dialog')
      .getByLabel(/^Reason/)
      .waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    await page.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Kill Cart');
    await page.close();
  });

  it('Tab never stops at the menu while that is closed, on a telephone or at a zoom of 200 %', async () => {
    const page = await openPage(KILL, { width: 640, height: 400 });
    const kill = page.getByRole('button', { name: 'Kill Cart' });
    await kill.waitFor();
    const hasArrived = () => kill.evaluate((button) => button === document.activeElement);
    const seen: boolean[] = [];
    while (!(await hasArrived()) && seen.length < 40) {
      await page.keyboard.press('Tab');
      seen.push(await focusIsSeen(page));
    }
    expect(await hasArrived()).toBe(true);
    expect(seen.every(Boolean)).toBe(true);

    await page.getByRole('button', { name: 'Open the menu' }).press('Enter');
    await page.getByRole('link', { name: 'Segments' }).click();
    await page.waitForURL('**/segments');
    await page.close();
  });
});

describe('What was proposed', () => {
  it('where an approval is needed, a kill is at once and its undoing is proposed from the beginning', async () => {
    await server.call('POST', '/projects/default/environments', { key: 'guarded', approvals: 1 });
    const kill = { reason: 'errors' };
    await server.call('POST', '/projects/default/flags/cart/environments/guarded/kill', kill);
    const page = await openPage(`${KILL}?environment=guarded`);
    await page.getByRole('button', { name: 'Restore Cart' }).click();
    await page
      .getByRole('dialog')
      .getByLabel(/^Reason/)
      .fill('mended');
    await page.getByRole('dialog').getByRole('button', { name: 'Propose it' }).click();
    await page.getByText('It is proposed.').waitFor();
    await page.close();
  });

  it('is not offered to be applied once somebody has changed the flag since', async () => {
    await server.call('POST', '/projects/default/environments', { key: 'overtaken', approvals: 1 });
    const environment = '/projects/default/flags/cart/environments/overtaken';
    const { version } = await server.call('GET', environment);
    await fetch(`${server.url}/api/v1${environment}/rollout?propose=true`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${server.adminToken}`,
        'content-type': 'application/json',
        'if-match': `"${version}"`,
      },
      body: JSON.stringify({ percent: 20, reason: 'monday' }),
    });
    const page = await openPage('/projects/default/change-requests');
    await page.getByRole('link', { name: /cart in overtaken/ }).click();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
    const apply = page.getByRole('button', { name: 'Apply now' });
    await apply.waitFor();
    await server.call('POST', `${environment}/kill`, { reason: 'errors' });
    await page.reload();
    await page.getByText('Somebody has changed it since this was proposed').waitFor();
    expect(await apply.count()).toBe(0);
    await page.close();
  });

  it('is opened from where it was proposed, and counts as unsaved no more', async () => {
    await server.call('POST', '/projects/default/environments', { key: 'careful', approvals: 1 });
    const page = await openPage('/projects/default/flags/cart?environment=careful');
    const exact = page.getByLabel('Exact percentage');
    await exact.fill('30');
    await exact.press('Enter');
    await page.getByRole('button', { name: 'Review and save' }).click();
    const dialog = page.getByRole('dialog', { name: 'Propose for careful?' });
    await dialog.getByLabel(/^Reason/).fill('it went well');
    await dialog.getByRole('button', { name: 'Propose it' }).click();
    await dialog.getByRole('link', { name: 'Open the change request' }).click();
    await page.waitForURL('**/change-requests/*');
    await page.getByText('“it went well”').waitFor();
    await page.close();
  });
});
