import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type { BrowserContextOptions, Page } from 'playwright-core';

/** How a page is looked at. */
export interface View {
  readonly scheme: 'light' | 'dark';
  readonly width: 1440 | 360;
}

export const VIEWS: readonly View[] = [
  { scheme: 'light', width: 1440 },
  { scheme: 'dark', width: 1440 },
  { scheme: 'light', width: 360 },
  { scheme: 'dark', width: 360 },
];

/** A browser as somebody with this view has it. */
export function asSeen({ scheme, width }: View): BrowserContextOptions {
  return {
    viewport: { width, height: width === 360 ? 740 : 900 },
    colorScheme: scheme,
    // What moves is in another place in every screenshot.
    reducedMotion: 'reduce',
  };
}

/** What may not be there on any page. */
export interface Faults {
  /** What the browser complained of: errors, refused styles and scripts. */
  readonly complaints: string[];
}

/** Writes down whatever the browser complains of on this page from now on. */
export function listen(page: Page): Faults {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    // A refusal by the server is shown to the reader; the browser's own line about it says nothing more.
    if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) complaints.push(message.text());
  });
  return { complaints };
}

/** Opens an address and waits until nothing is being read any more. */
export async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await shown(page);
}

/** Goes from one page to another as its links do, without loading anew: to load dozens is most of what looking costs. */
export async function follow(page: Page, path: string): Promise<void> {
  await page.evaluate(async (to) => {
    const frame = () => new Promise(requestAnimationFrame);
    window.history.pushState(null, '', to);
    // The page before is gone with the second frame.
    await frame();
    await frame();
  }, path);
  await shown(page);
}

async function shown(page: Page): Promise<void> {
  await page.locator('main, form, [role=alert]').first().waitFor();
  await page.waitForFunction(() => document.querySelector('[role=status][aria-label^="Reading"]') === null);
  // The first frames of transitions, and what lazy parts bring.
  await page.evaluate(() => document.fonts.ready);
  await page.waitForFunction(() => document.querySelectorAll('h1, h2').length > 0);
}

/** By how much a page is wider than its window, px. */
export function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
}

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/**
 * What axe finds against WCAG 2.2 AA and its own best practices, a line each.
 *
 * @param part a selector: only there. Default: the whole page
 */
export async function axeFinds(page: Page, part?: string): Promise<string[]> {
  // By the debugger: the page's own policy would let no foreign script in.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await readFile(AXE, 'utf8'));
  return page.evaluate(async (within) => {
    const { axe } = window as unknown as { axe: typeof import('axe-core') };
    const { violations } = await axe.run(within ?? document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      // To describe what is well takes as long as to look.
      resultTypes: ['violations'],
    });
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`.slice(0, 400)),
    );
  }, part);
}
