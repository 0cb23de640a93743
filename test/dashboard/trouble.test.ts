import { createClient } from '@dimmer/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ANN } from './administrator.ts';
import { CartServer } from './cart-server.ts';

const FLAG = '/projects/default/flags/cart';

let world: CartServer;
let server: CartServer['server'];
beforeAll(async () => {
  world = await CartServer.start();
  server = world.server;
});
afterAll(() => world?.stop());

const openPage = (path: string) => world.open(path, { width: 1440, height: 900 });

describe('When something goes wrong', () => {
  it('a lost server is said, what was typed stays, and all is true again by itself when it is back', async () => {
    const page = await openPage(`${FLAG}?environment=production`);
    const exact = page.getByLabel('Exact percentage');
    await exact.fill('20');
    await exact.press('Enter');
    await server.pause();
    const note = page.getByText('The server cannot be reached');
    await note.waitFor();
    expect(await exact.inputValue()).toBe('20');

    await server.start();
    await note.waitFor({ state: 'detached' });
    expect(await exact.inputValue()).toBe('20');
    // What others do from now on is seen as before.
    await server.call('PATCH', FLAG, { name: 'Basket' });
    await page.getByRole('heading', { name: 'Basket' }).waitFor();
    await page.close();
  });

  it('the second of two who edit one flag is told who was faster, and can keep both', async () => {
    const page = await openPage(`${FLAG}?environment=production`);
    const exact = page.getByLabel('Exact percentage');
    await exact.fill('30');
    await exact.press('Enter');
    await server.call('POST', `${FLAG}/environments/production/targets`, { variation: 'on', keys: ['ann'] });
    await page.getByText('admin changed this while you were editing').waitFor();
    await page.getByRole('button', { name: 'Look at both' }).click();
    await page.getByText('They do not touch each other').waitFor();
    await page.getByRole('button', { name: 'Keep mine on top' }).click();
    await page.getByRole('button', { name: 'Review and save' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const saved = await server.call('GET', `${FLAG}/environments/production`);
    expect(saved).toMatchObject({ targets: [{ variation: 'on', keys: ['ann'] }] });
    expect(JSON.stringify(saved.fallthrough)).toContain('30000');
    await page.close();
  });

  it('a migration that instances ask for is archived by whoever has seen their names, and says why', async () => {
    const at = '/projects/default/flags/users-v2';
    await server.call('POST', '/projects/default/flags', { key: 'users-v2', type: 'migration' });
    await server.call('POST', `${at}/environments/production/rollout`, { stage: 'dual-write' });
    const { server: key } = server.keysOf('production');
    const flags = createClient({
      url: server.url,
      key,
      instance: 'web-7',
      application: 'shop',
      cache: false,
      logger: false,
    });
    await flags.ready();
    const sides = { old: () => 1, new: () => 1 };
    const options = { read: sides, write: sides, defaultStage: 'off' } as const;
    await flags.migration('users-v2', { targetingKey: 'ann' }, options).read(undefined);
    await flags.flush();

    const page = await openPage(at);
    await page.getByRole('button', { name: 'Archive' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Archive' }).click();
    await dialog.getByText('One instance still asks for it').waitFor();
    await dialog.getByRole('listitem').filter({ hasText: 'web-7 (shop) in production' }).waitFor();
    await dialog.getByRole('checkbox', { name: /all the same/ }).check();
    await dialog.getByRole('button', { name: 'Archive' }).click();
    // Not without a reason.
    expect(await server.call('GET', at)).toMatchObject({ archived: false });
    await dialog.getByRole('textbox').fill('it was never of use');
    await dialog.getByRole('button', { name: 'Archive' }).click();
    await dialog.waitFor({ state: 'detached' });
    expect(await server.call('GET', at)).toMatchObject({ archived: true });
    await flags.close();
    await page.close();
  });

  it('a wrong password is said as such, and a used link says what to do', async () => {
    const context = await world.browser.newContext();
    const page = await context.newPage();
    await page.goto(`${server.url}/projects/default/kill`);
    // Whoever is not signed in gets there afterwards.
    await page.getByRole('textbox', { name: 'E-mail' }).fill(ANN.email);
    await page.getByRole('textbox', { name: 'Password' }).fill('not my password at all');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page
      .getByRole('alert')
      .filter({ hasText: /password/i })
      .waitFor();
    await page.getByRole('textbox', { name: 'Password' }).fill(ANN.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/projects/default/kill');

    await page.goto('about:blank');
    await page.goto(server.setUpLink);
    await page.getByText('This link does not work').waitFor();
    await context.close();
  });

  it('somebody who is disabled in mid-session is out at once', async () => {
    const { link } = await server.call<{ link: string }>('POST', '/invitations', {
      email: 'bert@shop.example',
      grants: [{ role: 'operator', project: 'default' }],
    });
    const context = await world.browser.newContext();
    const page = await context.newPage();
    await page.goto(link);
    await page.getByRole('textbox', { name: 'Name' }).fill('Bert');
    await page.getByRole('textbox', { name: 'New password' }).fill('a password that Bert made up');
    await page.getByRole('textbox', { name: 'Repeat password' }).fill('a password that Bert made up');
    await page.locator('button[type=submit]').click();
    await page.getByRole('heading', { name: 'Flags' }).waitFor();
    // An operator is not offered what an operator may not do.
    expect(await page.getByRole('button', { name: 'Create flag' }).count()).toBe(0);

    const { items } = await server.call<{ items: { id: string; email: string }[] }>('GET', '/people');
    const bert = items.find(({ email }) => email === 'bert@shop.example');
    await server.call('POST', `/people/${bert?.id}/disable`, {});
    await page.waitForURL('**/sign-in*');
    await context.close();
  });
});
