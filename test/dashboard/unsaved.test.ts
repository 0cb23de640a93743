import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CartServer } from './cart-server.ts';

const SEGMENT = '/projects/default/segments/testers';
const MINUTES_MS = 120_000;

let world: CartServer;
beforeAll(async () => {
  world = await CartServer.start();
  const { server } = world;
  await server.call('POST', '/projects/default/segments', { key: 'testers', included: ['ann'] });
  await server.call('POST', '/projects/default/flags/cart/environments/staging/rules', {
    rule: { when: [{ operator: 'inSegment', values: ['testers'] }], serve: { variation: 'on' } },
  });
});
afterAll(() => world?.stop());

const openPage = (path: string) => world.open(path, { width: 1440, height: 900 });
const question = (page: Page) => page.getByRole('dialog', { name: 'Leave with unsaved changes?' });
const included = (page: Page) => page.getByRole('textbox', { name: /^Included/ });

describe('What is typed and not saved', () => {
  it(
    'in a segment is asked about when a link leads away, and is there again after it was kept, and after a reload',
    async () => {
      const page = await openPage(SEGMENT);
      await included(page).fill('ann\nbob\n');
      await page.getByRole('link', { name: 'Flags', exact: true }).click();
      await question(page).getByRole('button', { name: 'Stay' }).click();
      expect(await included(page).inputValue()).toBe('ann\nbob\n');

      await page.getByRole('link', { name: 'Flags', exact: true }).click();
      await question(page).getByRole('button', { name: 'Leave and keep them' }).click();
      await page.getByRole('heading', { name: 'Flags' }).waitFor();
      await page.goBack();
      await page.getByRole('region', { name: 'Unsaved changes' }).waitFor();
      expect(await included(page).inputValue()).toBe('ann\nbob\n');

      page.on('dialog', (dialog) => void dialog.accept());
      await page.reload();
      await included(page).waitFor();
      expect(await included(page).inputValue()).toBe('ann\nbob\n');
      await page.close();
    },
    MINUTES_MS,
  );

  it(
    'in a segment is asked about by the back button, and gone where it is discarded',
    async () => {
      const page = await openPage('/projects/default/segments');
      await page.getByRole('link', { name: 'testers' }).first().click();
      await included(page).fill('ann\ncarl');
      await page.evaluate(() => history.back());
      await question(page).getByRole('button', { name: 'Leave and discard' }).click();
      await page.waitForURL('**/segments');
      await page.goto(page.url().replace(/\/segments$/, '/segments/testers'));
      await included(page).waitFor();
      expect(await included(page).inputValue()).toBe('ann');
      await page.close();
    },
    MINUTES_MS,
  );

  it(
    'in a dialog is asked about when the window is closed or an address leads away; a press beside it loses nothing',
    async () => {
      const page = await openPage('/projects/default/environments');
      await page.getByRole('button', { name: 'Create environment' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(/^Name/).pressSequentially('Preview');
      for (const slip of [() => page.mouse.click(5, 5), () => page.keyboard.press('Escape')]) {
        await slip();
        await dialog.getByText('What you typed here is not saved.').waitFor();
        await dialog.getByRole('button', { name: 'Go on' }).click();
        expect(await dialog.getByLabel(/^Name/).inputValue()).toBe('Preview');
      }
      const asked = page.waitForEvent('dialog');
      void page.reload().catch(() => null);
      const beforeUnload = await asked;
      expect(beforeUnload.type()).toBe('beforeunload');
      await beforeUnload.dismiss();
      expect(await dialog.getByLabel(/^Name/).inputValue()).toBe('Preview');
      await page.evaluate(() => history.pushState(null, '', '/projects/default/flags'));
      await question(page).getByRole('button', { name: 'Stay' }).click();
      await dialog.getByRole('button', { name: 'Cancel' }).click();
      // Nothing is left to be asked about.
      await page.getByRole('link', { name: 'Flags', exact: true }).click();
      await page.getByRole('heading', { name: 'Flags' }).waitFor();
      await page.close();
    },
    MINUTES_MS,
  );

  it(
    'in a dialog for many flags, or chosen by a button alone, is asked about as well',
    async () => {
      const page = await openPage('/projects/default/flags');
      await page.getByRole('checkbox', { name: 'Select Cart' }).check();
      await page.getByRole('button', { name: /^Kill/ }).last().click();
      const many = page.getByRole('dialog', { name: 'Kill 1 flag' });
      await many.getByLabel(/^Reason/).fill('errors');
      await page.keyboard.press('Escape');
      await many.getByRole('button', { name: 'Close all the same' }).click();
      await many.waitFor({ state: 'detached' });

      await page.goto(`${world.server.url}/projects/default/kill`);
      await page.getByRole('button', { name: 'Kill Cart' }).click();
      const one = page.getByRole('dialog', { name: /^Kill cart/ });
      await one.getByRole('button', { name: 'Too slow' }).click();
      await one.getByRole('button', { name: 'Close', exact: true }).click();
      await one.getByRole('button', { name: 'Go on' }).click();
      await one.getByRole('button', { name: 'Cancel' }).click();
      await one.waitFor({ state: 'detached' });
      await page.close();
    },
    MINUTES_MS,
  );

  it(
    'is asked about by the palette too, on a page with nothing but a form',
    async () => {
      const page = await openPage('/account');
      const name = page.getByRole('textbox', { name: 'Name' });
      await name.fill('Ann the First');
      await page.keyboard.press('Control+k');
      await page.getByRole('combobox', { name: 'Search flags and pages' }).fill('Audit');
      await page.keyboard.press('Enter');
      await question(page).getByRole('button', { name: 'Stay' }).click();
      expect(await name.inputValue()).toBe('Ann the First');
      await page.close();
    },
    MINUTES_MS,
  );
});

describe('The page of a segment', () => {
  it(
    'saves at the first press, also where leaving a field makes the page grow',
    async () => {
      const page = await openPage(SEGMENT);
      await page.getByRole('button', { name: 'Add a rule' }).click();
      await page
        .getByRole('textbox', { name: /^Attribute/ })
        .or(page.getByLabel('Attribute'))
        .first()
        .fill('plan');
      await page.getByRole('textbox', { name: 'Add a value' }).pressSequentially('pro');
      await page.getByRole('button', { name: 'Review and save' }).click();
      await page.getByRole('dialog', { name: 'Save testers' }).waitFor();
      await page.close();
    },
    MINUTES_MS,
  );

  it(
    'names the flags whose rules use it, and what was done to it',
    async () => {
      const page = await openPage(SEGMENT);
      const users = page.getByRole('region', { name: 'Used by' });
      await users.getByRole('link', { name: 'cart' }).waitFor();
      expect(await users.textContent()).toContain('in staging');
      await page.getByRole('region', { name: 'History' }).getByText('created the segment testers').waitFor();
      await page.close();
    },
    MINUTES_MS,
  );
});
