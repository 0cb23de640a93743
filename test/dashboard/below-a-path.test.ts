import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, BrowserContext } from 'playwright-core';
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

/** Who tells whom of the path. */
const WAYS = [
  { way: 'takes the path off', passesPathOn: false, isTold: true },
  { way: 'passes the path on', passesPathOn: true, isTold: true },
  { way: 'takes the path off, of a server that knows nothing of it', passesPathOn: false, isTold: false },
];

describe.each(WAYS)('Below a path of a proxy that $way', ({ passesPathOn, isTold }) => {
  let provider: IdentityProvider;
  let server: DashboardServer;
  let host = '';
  // One profile, which has the dashboard in its cache after the first page.
  let context: BrowserContext;
  beforeAll(async () => {
    host = await proxyTo(() => server.url, passesPathOn);
    provider = await IdentityProvider.start();
    stops.push(() => provider.stop());
    const told = { ...provider.env, DIMMER_PUBLIC_URL: `${host}/flags`, DIMMER_OIDC_ROLE: 'viewer' };
    server = await DashboardServer.start(isTold ? told : {});
    stops.push(() => server.stop());
    await server.call('POST', '/projects/default/flags', { key: 'cart', name: 'Cart' });
    context = await browser.newContext({ reducedMotion: 'reduce' });
    stops.push(() => context.close());
  });
  afterEach(() => context.clearCookies());
  afterAll(async () => {
    for (const stop of stops.splice(0).reverse()) await stop();
  });

  it(
    'the dashboard works as at the root',
    async () => {
      const link = server.setUpLink.replace(/^.*\/link/, `${host}/flags/link`);
      if (isTold) expect(server.setUpLink).toBe(link);

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
      await page.close();
    },
    MINUTES_MS,
  );

  // A provider sends people back to where the server says that it is.
  if (!isTold) return;
  it(
    'people come back from single sign-on to where they wanted to go',
    async () => {
      await server.call('PATCH', '/projects/default/flags/cart', { name: 'Cart' });
      const page = await context.newPage();
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
      await context.clearCookies();
      claims = { sub: 'c-1', name: 'Carl' };
      await page.goto(`${host}/flags/sign-in`);
      await page.getByRole('button', { name: 'Sign in with Example' }).click();
      await page.waitForURL(`${host}/flags/sign-in?error=*`);
      await page.getByText('Single sign-on did not work').waitFor();
      await page.close();
    },
    MINUTES_MS,
  );
});
