import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Browser, Page } from 'playwright-core';
import { type PageServer, servePage } from '../browser/page-server.ts';
import { builtModule } from '../built.ts';
import type { DashboardServer } from './dashboard-server.ts';

/** Everybody whom the shop knows. */
const CUSTOMERS = 1_000;

/** Tells on every change for how many customers the flag is on. */
const SERVICE = `
  const { createClient } = await import(process.env.SDK);
  const { URL_, KEY, FLAG, INSTANCE } = process.env;
  const flags = createClient({ url: URL_, key: KEY, instance: INSTANCE, application: 'shop', cache: false });
  const tell = () => {
    const lit = Array.from({ length: ${CUSTOMERS} }, (_, index) => flags.isEnabled(FLAG, { targetingKey: 'user-' + index }));
    process.stdout.write(lit.filter(Boolean).length + '\\n');
  };
  flags.on('change', tell);
  await flags.ready();
  tell();
  process.stdin.resume();
`;

const PAGE = `
  import { createClient } from '@dimmer/browser';
  window.watchFlag = async (url, key, flag) => {
    const flags = createClient({ url, key });
    const count = () => {
      const lit = Array.from({ length: ${CUSTOMERS} }, (_, index) => flags.isEnabled(flag, { targetingKey: 'user-' + index }));
      document.title = String(lit.filter(Boolean).length);
    };
    flags.on('change', count);
    await flags.ready();
    count();
  };`;

declare global {
  interface Window {
    watchFlag(url: string, key: string, flag: string): Promise<void>;
  }
}

/** A shop with two services and a page, which all ask for one flag for each of a thousand customers. */
export class Shop {
  readonly #services: readonly ChildProcess[];
  readonly #lit: number[];
  readonly #site: PageServer;
  readonly #page: Page;

  private constructor(services: readonly ChildProcess[], site: PageServer, page: Page) {
    this.#services = services;
    this.#site = site;
    this.#page = page;
    this.#lit = services.map(() => -1);
    for (const [index, { stdout }] of services.entries()) {
      stdout?.on('data', (text) => {
        this.#lit[index] = Number(String(text).trim().split('\n').at(-1));
      });
    }
  }

  static async open(server: DashboardServer, browser: Browser, flag: string): Promise<Shop> {
    const keys = server.keysOf('production');
    const sdk = await builtModule('sdk-node/src/index.ts');
    const services = ['web-1', 'web-2'].map((instance) =>
      spawn(process.execPath, ['--input-type=module', '-e', SERVICE], {
        env: { ...process.env, SDK: sdk, URL_: server.url, KEY: keys.server, FLAG: flag, INSTANCE: instance },
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
    );
    const site = await servePage(PAGE);
    const page = await browser.newPage();
    await page.goto(site.url);
    const shop = new Shop(services, site, page);
    await page.waitForFunction(() => typeof window.watchFlag === 'function');
    const { url } = server;
    await page.evaluate(([at, key, name]) => window.watchFlag(at, key, name), [url, keys.browser, flag] as const);
    return shop;
  }

  /** For how many of a thousand customers each of them has it on: the two services, then the page. */
  async lit(): Promise<readonly number[]> {
    return [...this.#lit, Number(await this.#page.title())];
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#services.map((service) => {
        const gone = once(service, 'exit');
        service.kill('SIGKILL');
        return gone;
      }),
    );
    await this.#page.close();
    await this.#site.close();
  }
}
