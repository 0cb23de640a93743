import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { launchChromium } from '../browser/chromium.ts';
import { signIn } from './administrator.ts';
import { DashboardServer, discardBuild } from './dashboard-server.ts';

/** A server with Ann as its administrator and the flag `cart` at 10 % in production, and a browser. */
export class CartServer {
  readonly server: DashboardServer;
  readonly browser: Browser;

  private constructor(server: DashboardServer, browser: Browser) {
    this.server = server;
    this.browser = browser;
  }

  static async start(): Promise<CartServer> {
    const [server, browser] = await Promise.all([DashboardServer.start(), launchChromium()]);
    const first = await browser.newContext();
    await signIn(first, server);
    await first.close();
    await server.call('POST', '/projects/default/flags', { key: 'cart', name: 'Cart' });
    await server.call('POST', '/projects/default/flags/cart/environments/production/rollout', { percent: 10 });
    return new CartServer(server, browser);
  }

  /** A segment `testers`: whose e-mail address is of the shop. */
  async addTesters(): Promise<void> {
    await this.server.call('POST', '/projects/default/segments', {
      key: 'testers',
      rules: [{ when: [{ attribute: 'email', operator: 'endsWith', values: ['@shop.example'] }] }],
    });
  }

  /** Ann looks at a page of the dashboard. */
  async open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await this.browser.newContext(options);
    await signIn(context, this.server);
    const page = await context.newPage();
    await page.goto(this.server.url + path);
    return page;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    await discardBuild();
  }
}
