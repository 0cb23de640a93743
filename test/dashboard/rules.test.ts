import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CartServer } from './cart-server.ts';

const CART = '/projects/default/flags/cart';
const MINUTES_MS = 120_000;

let world: CartServer;
beforeAll(async () => {
  world = await CartServer.start();
  await world.addTesters();
});
afterAll(() => world?.stop());

async function newRule(): Promise<Page> {
  const page = await world.open(`${CART}?environment=staging`, { width: 1440, height: 900 });
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByRole('group', { name: 'Condition 1', exact: true }).waitFor();
  return page;
}
const wrong = (page: Page) => page.locator('[aria-invalid=true]').count();

describe('A condition of a rule', () => {
  it(
    'is about a segment, an attribute or a person, by one press',
    async () => {
      const page = await newRule();
      await page.getByRole('button', { name: 'Segment', exact: true }).click();
      await page.getByRole('combobox', { name: 'Segments' }).or(page.getByLabel('Segments')).first().click();
      await page.getByRole('option', { name: /testers/ }).click();
      await page.getByText('If someone is in the segment testers').waitFor();
      await page.getByRole('button', { name: 'Person', exact: true }).click();
      await page.getByRole('textbox', { name: 'Add a value' }).fill('user-7');
      await page.keyboard.press('Enter');
      await page.getByText('If targetingKey is user-7').waitFor();
      await page.close();
    },
    MINUTES_MS,
  );

  it(
    'says what is missing once a field was left, or when it is to be saved, and not before',
    async () => {
      const page = await newRule();
      expect(await wrong(page)).toBe(0);
      await page.getByLabel('Attribute', { exact: true }).focus();
      await page.keyboard.press('Tab');
      await page.getByText('Say what it looks at').first().waitFor();
      expect(await wrong(page)).toBe(1);
      await page.getByRole('button', { name: 'Review and save' }).click();
      await page.getByText('Add a value: without one, nobody matches.').waitFor();
      expect(await page.getByRole('dialog').count()).toBe(0);
      await page.close();
    },
    MINUTES_MS,
  );

  it(
    'offers the attributes that other rules and segments look at, and asks about one that is nearly spelt like them',
    async () => {
      const page = await newRule();
      const field = page.getByLabel('Attribute', { exact: true });
      await expect.poll(() => page.locator('datalist option[value=email]').count()).toBe(1);
      await field.fill('e-mail');
      await page.keyboard.press('Tab');
      await page.getByRole('button', { name: 'Use email' }).click();
      expect(await field.inputValue()).toBe('email');
      await page.close();
    },
    MINUTES_MS,
  );
});

describe('Creating a flag', () => {
  it(
    'has its buttons in sight in a low window, and the usual type first',
    async () => {
      const page = await world.open('/projects/default/flags', { width: 1440, height: 600 });
      await page.getByRole('button', { name: 'Create flag' }).first().click();
      const dialog = page.getByRole('dialog');
      const create = dialog.getByRole('button', { name: 'Create flag' });
      await expect
        .poll(() => create.evaluate((button) => button.getBoundingClientRect().bottom <= window.innerHeight))
        .toBe(true);
      expect(await dialog.getByRole('radio').first().getAttribute('value')).toBe('boolean');
      expect(await dialog.getByRole('radio', { name: 'Launch' }).isVisible()).toBe(false);
      await dialog.getByText('Other types').click();
      await dialog.getByRole('radio', { name: 'Launch' }).check();
      await page.close();
    },
    MINUTES_MS,
  );
});
