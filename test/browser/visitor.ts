/**
 * A visitor with one browser profile and several tabs of one site, each with a client. Tabs are hidden, frozen and
 * crashed by the browser itself, so that it sends the events that it would send, and no others.
 */
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { createClient, DimmerClient } from '@dimmer/browser';
import type { Browser, BrowserContext, CDPSession, Page } from 'playwright-core';
import { PATIENCE_MS, waitUntil } from '../patience.ts';

/** What `servePage` is to bundle for a visitor. */
export const VISITED_PAGE = `
  window.globalsBefore = Object.keys(window);
  const { createClient } = await import('@dimmer/browser');
  window.createClient = createClient;`;

/** Resolves as soon as a condition holds. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  await waitUntil(`${condition}`, condition);
}

declare global {
  interface Window {
    createClient: typeof createClient;
    flags: DimmerClient;
    changes: { readonly keys: readonly string[]; readonly id: string }[];
    states: string[];
    globalsBefore: string[];
  }
}

export class Visitor {
  readonly context: BrowserContext;
  readonly #site: string;
  readonly #options: { readonly url: string; readonly key: string };
  #count = 0;

  private constructor(context: BrowserContext, site: string, options: { url: string; key: string }) {
    this.context = context;
    this.#site = site;
    this.#options = options;
  }

  /** @param options of every client; each is an instance of its own, `tab-1` and so on */
  static async arrive(browser: Browser, site: string, options: { url: string; key: string }): Promise<Visitor> {
    const context = await browser.newContext();
    // A lucky die: what waits for a random time waits shortly, and no instance sends receipts.
    await context.addInitScript(() => {
      const { random } = Math;
      Math.random = () => 0.1 + random() / 10;
    });
    return new Visitor(context, site, options);
  }

  /** Opens a tab and waits until its client has rules from the server, or from another tab. */
  async open(options: object = {}, path = '/', beforeIt?: (page: Page) => Promise<unknown>): Promise<Tab> {
    const tab = await Tab.open(await this.context.newPage(), `${this.#site}${path}`, beforeIt);
    await tab.create({ ...this.#options, instance: `tab-${++this.#count}`, initTimeoutMs: PATIENCE_MS, ...options });
    return tab;
  }

  leave(): Promise<void> {
    return this.context.close();
  }
}

/** What a client in a page is made with. */
interface Made {
  readonly instance: string;
  readonly url?: string;
  readonly key?: string;
  readonly initTimeoutMs?: number;
}

export class Tab {
  readonly page: Page;
  /** Errors that reached the page, and everything that was said on its console. */
  readonly problems: string[] = [];
  readonly #devtools: CDPSession;
  instance = '';

  private constructor(page: Page, devtools: CDPSession) {
    this.page = page;
    this.#devtools = devtools;
    page.on('pageerror', (error) => this.problems.push(String(error)));
    page.on('console', (message) => this.problems.push(message.text()));
  }

  static async open(page: Page, url: string, beforeIt?: (page: Page) => Promise<unknown>): Promise<Tab> {
    const tab = new Tab(page, await page.context().newCDPSession(page));
    await beforeIt?.(page);
    await page.goto(url);
    await page.waitForFunction(() => window.createClient !== undefined);
    return tab;
  }

  /** Makes the client, and waits until it is ready or gives up waiting. */
  async create(options: Made): Promise<void> {
    this.instance = options.instance;
    await this.page.evaluate(async (given) => {
      window.flags = window.createClient(given as never);
      window.changes = [];
      window.states = [];
      window.flags.on('change', (change) => window.changes.push(change));
      window.flags.on('status', ({ state }) => window.states.push(state));
      await window.flags.ready();
    }, options);
  }

  readonly status = () => this.page.evaluate(() => window.flags.status());
  readonly isEnabled = (key: string) => this.page.evaluate((name) => window.flags.isEnabled(name), key);
  readonly changes = () => this.page.evaluate(() => window.changes);
  /** In which states the connection has been since it was first opened. */
  readonly states = () => this.page.evaluate(() => window.states);
  readonly close = () => this.page.close();

  /** Resolves when the client has the given rules, live. */
  async has(id: string): Promise<void> {
    await until(async () => {
      const status = await this.status();
      return status.id === id && status.state === 'live';
    });
  }

  /** Resolves when the connection is in the given state. */
  async is(state: string): Promise<void> {
    await until(async () => (await this.status()).state === state);
  }

  /** Minimises the window of this tab. Each has one to itself in the packaged Chromium; elsewhere all have one. */
  readonly hide = () => this.#window('minimized', 'hidden');
  readonly show = () => this.#window('normal', 'visible');

  /** Resolves when the connection is, or has been, in a state that may be short. */
  async was(state: string): Promise<void> {
    await until(async () => (await this.states()).includes(state));
  }

  /** The page hears of it, and then nothing runs any more. */
  async freeze(): Promise<void> {
    await letItHide(this.page);
    await this.#devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  }

  /** Lets it run again, and puts it in front: freezing has put it behind. */
  async thaw(): Promise<void> {
    await this.#devtools.send('Page.setWebLifecycleState', { state: 'active' });
    await this.hide();
    await this.show();
  }

  /**
   * Stops the page's time, which then passes only as a test says, however long the network is waited for. Needs a clock that
   * was installed before the page was loaded.
   */
  async stopClock(): Promise<void> {
    // It stops at a moment that must not have passed when the page hears of it.
    await this.page.clock.pauseAt((await this.page.evaluate(() => Date.now())) + 5_000);
  }

  /** Lets the page's time pass by itself again. */
  readonly startClock = () => this.page.clock.resume();

  async crash(): Promise<void> {
    const crashed = this.page.waitForEvent('crash');
    // The page that is to answer is gone.
    void this.#devtools.send('Page.crash').catch(() => undefined);
    await crashed;
  }

  /**
   * Holds up the page's only thread from now on, so that it hears nothing: it asks for something and waits on the spot.
   *
   * @returns lets it go on
   */
  async jam(): Promise<() => void> {
    const held = await new Promise<Server>((resolve) => {
      const server = createServer(() => {}).listen(0, '127.0.0.1', () => resolve(server));
    });
    const asked = once(held, 'request');
    await this.page.evaluate(
      (port) => {
        setTimeout(() => {
          const request = new XMLHttpRequest();
          request.open('GET', `http://127.0.0.1:${port}/`, false);
          try {
            request.send();
          } catch {
            // Nobody answers.
          }
        });
      },
      (held.address() as AddressInfo).port,
    );
    await asked;
    const release = () => {
      held.closeAllConnections();
      held.close();
    };
    this.page.once('close', release);
    return release;
  }

  async #window(windowState: 'minimized' | 'normal', expected: string): Promise<void> {
    await letItHide(this.page);
    const { windowId } = await this.#devtools.send('Browser.getWindowForTarget');
    await this.#devtools.send('Browser.setWindowBounds', { windowId, bounds: { windowState } });
    if (windowState === 'normal') await this.page.bringToFront();
    await this.page.waitForFunction((state) => document.visibilityState === state, expected);
  }
}

/**
 * Playwright makes every page believe that it is in front, and then none can be hidden or frozen. It has no switch for
 * that; this reaches into it, and fails loudly where it is built another way.
 */
async function letItHide(page: Page): Promise<void> {
  type Insides = {
    _connection: {
      toImpl(page: Page): {
        delegate: { _mainFrameSession: { _client: { send(method: string, params: object): Promise<void> } } };
      };
    };
  };
  const { delegate } = (page as unknown as Insides)._connection.toImpl(page);
  await delegate._mainFrameSession._client.send('Emulation.setFocusEmulationEnabled', { enabled: false });
}
