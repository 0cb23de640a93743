import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CartServer } from './cart-server.ts';

const STAGING = '/projects/default/flags/cart/environments/staging';
const MINUTES_MS = 120_000;

let world: CartServer;
beforeAll(async () => {
  world = await CartServer.start();
  const { server } = world;
  await world.addTesters();
  await server.call('POST', `${STAGING}/rules`, {
    rule: { when: [{ operator: 'inSegment', values: ['testers'] }], serve: { variation: 'on' } },
  });
  await server.call('POST', `${STAGING}/rules`, {
    rule: { when: [{ attribute: 'plan', operator: 'in', values: ['pro'] }], serve: { variation: 'on' } },
  });
  await server.call('POST', `${STAGING}/toggle`, { on: true });
});
afterAll(() => world?.stop());

describe('Who gets what', () => {
  it(
    'asks for what the rules and segments read, takes an e-mail address for what it is, and forgets the last answer',
    async () => {
      const page = await world.open('/projects/default/flags/cart?environment=staging&tab=preview');
      const show = page.getByRole('button', { name: 'Show what they get' });
      const steps = page.getByRole('list', { name: 'How it was decided' });
      const id = page.getByLabel('User id');
      await page.getByRole('combobox', { name: 'plan' }).waitFor();
      await id.fill('ann@shop.example');
      await page.getByRole('button', { name: 'Use it as email' }).click();
      expect(await id.inputValue()).toBe('');
      await show.click();
      await steps.getByText('Rule 1 matches: on.').waitFor();
      await page.getByText('By a rule').waitFor();
      expect(await page.locator('main').textContent()).not.toMatch(/TARGETING_MATCH|SPLIT|bucket/);

      // Somebody else is asked about: what stood there is about nobody any more.
      await id.fill('bob');
      await steps.waitFor({ state: 'detached' });
      await page.getByRole('combobox', { name: 'email' }).fill('');
      await show.click();
      await page.getByText('The default rule serves off').waitFor();
      await page.getByText('More attributes, as JSON').click();
      await page.getByRole('textbox', { name: 'More attributes, as JSON' }).fill('{plan');
      await show.click();
      await page.getByRole('alert').getByText('This is not JSON').waitFor();
      expect(await steps.count()).toBe(0);
      await page.close();
    },
    MINUTES_MS,
  );

  it(
    'a flag opens in the environment that was used last, and at first in none that customers are in',
    async () => {
      const page = await world.open('/projects/default/flags/cart');
      const card = (name: string) =>
        page.getByRole('region', { name: 'Environments' }).getByRole('button', { name, exact: true });
      await card('development').waitFor();
      expect(await card('development').getAttribute('aria-pressed')).toBe('true');
      await card('staging').click();
      await page.goto(`${world.server.url}/projects/default/flags/cart`);
      await card('staging').waitFor();
      expect(await card('staging').getAttribute('aria-pressed')).toBe('true');
      await page.close();
    },
    MINUTES_MS,
  );
});
