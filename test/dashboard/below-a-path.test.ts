import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { IdentityProvider } from '../../server/test/sign-in/identity-provider.ts';
import { launchChromium } from '../browser/chromium.ts';
import { ANN } from './administrator.ts';
import { DashboardServer, discardBuild } from './dashboard-server.ts';

const MINUTES_MS = 180_000;

let browser: Browser;
const stops: (() => unknown)[] = [];
beforeAll(async () => {
  browser = await launchChromium();
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
afterAll(async () => {
  await browser?.close();
  await discardBuild();
});

/** A proxy that serves another server below `/flags/`, and nothing else. */
async function proxyTo(server: () => string, passesPathOn: boolean): Promise<string> {
  const proxy: Server = createServer((asked, answer) => {
    const path = asked.url ?? '/';
    if (!/^\/flags(\/|$)/.test(path)) return void answer.writeHead(404).end();
    if (path === '/flags' && !passesPathOn) return void answer.writeHead(301, { Location: '/flags/' }).end();
    const target = new URL(server() + (passesPathOn ? path : path.slice('/flags'.length)));
    const up = request(target, { method: asked.method, headers: asked.headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 502, answered.headers);
      answered.pipe(answer);
    });
    answer.on('close', () => up.destroy());
    up.on('error', () => answer.destroy());
    asked.pipe(up);
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  stops.push(() => {
    proxy.closeAllConnections();
    return new Promise((resolve) => proxy.close(resolve));
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
}

describe('Below a path of a proxy', () => {
  it.each([
    ['takes the path off', false],
    ['passes the path on', true],
  ])(
    'that %s, people come back from single sign-on to where they wanted to go',
    async (_, passesPathOn) => {
      let url = '';
      const host = await proxyTo(() => url, passesPathOn);
      const provider = await IdentityProvider.start();
      stops.push(() => provider.stop());
      const server = await DashboardServer.start({
        ...provider.env,
        ...{ DIMMER_PUBLIC_URL: `${host}/flags`, DIMMER_OIDC_ROLE: 'viewer' },
      });
      stops.push(() => server.stop());
      url = server.url;
      await server.call('POST', '/projects/default/flags', { key: 'cart', name: 'Cart' });

      const page = await browser.newPage();
      let claims: Record<string, unknown> = {
        sub: 'b-1',
        email: 'bob@shop.example',
        email_verified: true,
        name: 'Bob',
      };
      await page.route(`${provider.url}/authorize**`, (route) => {
        const location = provider.authorize(route.request().url(), claims);
        return route.fulfill({
          contentType: 'text/html',
          body: `<script>location.replace(${JSON.stringify(location)})</script>`,
        });
      });
      await page.goto(`${host}/flags/projects/default/flags/cart`);
      await page.getByRole('button', { name: 'Sign in with Example' }).click();
      await page.waitForURL(`${host}/flags/projects/default/flags/cart*`);
      await page.getByRole('heading', { name: 'Cart' }).waitFor();
      expect(provider.complaints).toEqual([]);

      // Whoever is not let in is told so on our own page, below the path too.
      await page.context().clearCookies();
      claims = { sub: 'c-1', name: 'Carl' };
      await page.goto(`${host}/flags/sign-in`);
      await page.getByRole('button', { name: 'Sign in with Example' }).click();
      await page.waitForURL(`${host}/flags/sign-in?error=*`);
      await page.getByText('Single sign-on did not work').waitFor();
      await page.close();
    },
    MINUTES_MS,
  );

  it.each([
    ['takes the path off', false, true],
    ['passes the path on', true, true],
    ['takes the path off, of a server that knows nothing of it', false, false],
  ])(
    'that %s, the dashboard works as at the root',
    async (_, passesPathOn, isTold) => {
      let url = '';
      const host = await proxyTo(() => url, passesPathOn);
      const server = await DashboardServer.start(isTold ? { DIMMER_PUBLIC_URL: `${host}/flags` } : {});
      stops.push(() => server.stop());
      url = server.url;
      const link = server.setUpLink.replace(/^.*\/link/, `${host}/flags/link`);
      if (isTold) expect(server.setUpLink).toBe(link);
      await server.call('POST', '/projects/default/flags', { key: 'cart', name: 'Cart' });

      const context = await browser.newContext();
      const page = await context.newPage();
      const failed: string[] = [];
      page.on('response', (response) => response.status() === 404 && failed.push(response.url()));
      await page.goto(link);
      await page.getByLabel('E-mail').fill(ANN.email);
      await page.getByLabel('Name').fill(ANN.name);
      await page.getByRole('textbox', { name: 'New password' }).fill(ANN.password);
      await page.getByRole('textbox', { name: 'Repeat password' }).fill(ANN.password);
      await page.locator('button[type=submit]').click();
      await page.waitForURL(`${host}/flags/projects/default/flags`);
      await page.getByRole('link', { name: 'Cart', exact: true }).click();
      await page.waitForURL(`${host}/flags/projects/default/flags/cart*`);
      // Deep, loaded anew, and live.
      await page.reload();
      await page.getByRole('heading', { name: 'Cart' }).waitFor();
      await server.call('PATCH', '/projects/default/flags/cart', { name: 'Basket' });
      await page.getByRole('heading', { name: 'Basket' }).waitFor();
      await page.goto(`${host}/flags`);
      await page.waitForURL(`${host}/flags/projects/default/flags`);
      await page.getByRole('button', { name: /Ann/ }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.waitForURL(`${host}/flags/sign-in`);
      expect(failed).toEqual([]);
      await context.close();
    },
    MINUTES_MS,
  );
});
