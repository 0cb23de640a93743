import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium } from '../browser/chromium.ts';
import { signIn } from './administrator.ts';
import { DashboardServer, discardBuild } from './dashboard-server.ts';

/** A server with Ann as its administrator and the flag `cart` at 10 % in production, and a browser. */
export class CartServer {
  readonly server: DashboardServer;
  readonly browser: Browser;
  /**
   * Ann's profile: signed in, and with the dashboard in its cache. Every page of a file is one of hers, because to sign in
   * takes a password's time on both sides, and a profile without a cache reads a megabyte again.
   */
  readonly desk: BrowserContext;

  private constructor(server: DashboardServer, browser: Browser, desk: BrowserContext) {
    this.server = server;
    this.browser = browser;
    this.desk = desk;
  }

  static async start(): Promise<CartServer> {
    const [server, browser] = await Promise.all([DashboardServer.start(), launchChromium()]);
    // Each frame of what moves is drawn by the processor; `journey.test.ts` sees it move.
    const desk = await browser.newContext({ reducedMotion: 'reduce' });
    await signIn(desk, server);
    await server.call('POST', '/projects/default/flags', { key: 'cart', name: 'Cart' });
    await server.call('POST', '/projects/default/flags/cart/environments/production/rollout', { percent: 10 });
    return new CartServer(server, browser, desk);
  }

  /** A segment `testers`: whose e-mail address is of the shop. */
  async addTesters(): Promise<void> {
    await this.server.call('POST', '/projects/default/segments', {
      key: 'testers',
      rules: [{ when: [{ attribute: 'email', operator: 'endsWith', values: ['@shop.example'] }] }],
    });
  }

  /**
   * Ann looks at a page of the dashboard, in a new tab. Nothing is left of what earlier ones have stored. Whoever opens it
   * closes it.
   *
   * @param size of the window, px. Default: 1280 × 720
   */
  async open(path: string, size?: { readonly width: number; readonly height: number }): Promise<Page> {
    const page = await this.desk.newPage();
    const devtools = await this.desk.newCDPSession(page);
    await devtools.send('Storage.clearDataForOrigin', { origin: this.server.url, storageTypes: 'local_storage' });
    await devtools.detach();
    if (size) await page.setViewportSize(size);
    await page.goto(this.server.url + path);
    return page;
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    await discardBuild();
  }
}
