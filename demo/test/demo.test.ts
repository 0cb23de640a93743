import { exec } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../test/browser/chromium.ts';
import { builtServerWith } from '../../test/built.ts';
import { waitUntil } from '../../test/patience.ts';
import { RunningDemo, settledAt } from './running-demo.ts';

/** Keys, and what the page says then. */
const STEPS = [
  ['0', '0 %'],
  ['1', '1 %'],
  ['2', '10 %'],
  ['3', '50 %'],
  ['4', '100 %'],
] as const;

/** One change as the page showed it, when both deciders had answered. */
interface Shown {
  readonly id: string;
  readonly percent: string;
  readonly killed: string;
  readonly disagreements: string;
  /** One character for each customer, `1` = lit. */
  readonly browser: string;
  readonly node: string;
}

let demo: RunningDemo;
let browser: Browser;
let page: Page;
const problems: string[] = [];

beforeAll(async () => {
  [demo, browser] = await Promise.all([RunningDemo.start('--manual'), launchChromium()]);
  page = await openPage(1_440, 900);
});

afterAll(async () => {
  await browser?.close();
  await demo?.stop();
});

async function openPage(width: number, height: number): Promise<Page> {
  const opened = await browser.newPage({ viewport: { width, height }, colorScheme: 'dark', reducedMotion: 'reduce' });
  opened.on('pageerror', (error) => problems.push(error.message));
  opened.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  await opened.goto(demo.url);
  await opened.waitForFunction(() => document.querySelector<HTMLElement>('#connection')?.dataset.state === 'live');
  return opened;
}

/** Keeps what the page shows at each id, in its own memory, so that no step is missed however slow this process is. */
async function record(from: Page): Promise<() => Promise<readonly Shown[]>> {
  await from.evaluate(() => {
    const wall = document.querySelector<HTMLElement>('#wall');
    const text = (id: string) => document.getElementById(id)?.textContent ?? '';
    const shown: unknown[] = [];
    Object.assign(window, { shown });
    // The page writes the id last, in the same turn as everything else it says about it.
    new MutationObserver(() => {
      const { id, browser, node } = wall?.dataset ?? {};
      const killed = document.getElementById('killed')?.hidden === false ? text('killed') : '';
      shown.push({ id, browser, node, killed, percent: text('percent'), disagreements: text('disagreements') });
    }).observe(wall ?? document.body, { attributes: true, attributeFilter: ['data-id'] });
  });
  return () => from.evaluate(() => (window as unknown as { shown: Shown[] }).shown);
}

const countLit = (lit: string): number => lit.split('1').length - 1;

describe('the ramp, seen by the page', () => {
  let shown: readonly Shown[] = [];

  beforeAll(async () => {
    await settledAt(page, '0 %');
    const recorded = await record(page);
    // The page says nothing of a step that is over before it has heard both deciders.
    for (const [index, [key, percent]] of STEPS.entries()) {
      demo.press(key);
      await waitUntil('the page shows the next step', async () => (await recorded()).length > index);
      await settledAt(page, percent);
    }
    demo.press('k');
    await page.waitForFunction(() => document.body.dataset.killed === 'true');
    await settledAt(page, '0 %');
    shown = await recorded();
  });

  it('walks through 0, 1, 10, 50 and 100 %, and ends with a kill that says why', () => {
    expect(shown.map(({ percent }) => percent)).toEqual(['0 %', '1 %', '10 %', '50 %', '100 %', '0 %']);
    expect(shown.map(({ killed }) => killed !== '')).toEqual([false, false, false, false, false, true]);
    expect(shown.at(-1)?.killed).toContain('Payments fail in the new checkout (by the back office)');
  });

  it('lights nobody at 0 %, everybody at 100 %, nobody after the kill, and about its share in between', () => {
    const [zero, one, ten, fifty, hundred, killed] = shown.map((step) => countLit(step.browser));
    expect({ zero, hundred, killed }).toEqual({ zero: 0, hundred: 1_000, killed: 0 });
    expect(one).toBeGreaterThanOrEqual(1);
    expect(one).toBeLessThanOrEqual(25);
    expect(ten).toBeGreaterThanOrEqual(60);
    expect(ten).toBeLessThanOrEqual(140);
    expect(fifty).toBeGreaterThanOrEqual(430);
    expect(fifty).toBeLessThanOrEqual(570);
  });

  it('lets nobody go dark while the rollout is raised', () => {
    const rising = shown.slice(0, 5).map((step) => step.browser);
    for (const [index, after] of rising.slice(1).entries()) {
      const left = [...(rising[index] ?? '')].filter((lamp, customer) => lamp === '1' && after[customer] !== '1');
      expect(left).toEqual([]);
    }
  });

  it('finds browser and Node service deciding the same for each of the 1,000, at each step', () => {
    for (const { browser: inBrowser, node, disagreements } of shown) {
      expect(inBrowser).toHaveLength(1_000);
      expect(node).toBe(inBrowser);
      expect(disagreements).toBe('0');
    }
  });

  it('tells the delay of the last change', async () => {
    expect(await page.locator('#delay').textContent()).toMatch(/^(< 1|\d+) ms$|^\d\.\d s$/);
  });
});

describe('the page', () => {
  it('paints exactly the lamps of those who are decided', async () => {
    demo.press('2');
    await settledAt(page, '10 %');
    const wall = page.locator('#wall');
    const decided = await wall.getAttribute('data-browser');
    const painted = await wall.evaluate((canvas: HTMLCanvasElement) => {
      const style = getComputedStyle(canvas.parentElement ?? canvas);
      const [columns, rows] = ['--columns', '--rows'].map((name) => Number(style.getPropertyValue(name))) as [
        number,
        number,
      ];
      const cell = canvas.width / (columns + 2);
      const pixels = canvas.getContext('2d');
      let lit = '';
      for (let lamp = 0; lamp < columns * rows; lamp++) {
        const x = ((lamp % columns) + 1.5) * cell;
        const y = (Math.floor(lamp / columns) + 1.5) * cell;
        const [red = 0] = pixels?.getImageData(Math.round(x), Math.round(y), 1, 1).data ?? [];
        lit += red > 200 ? '1' : '0';
      }
      return lit;
    });
    expect(painted).toBe(decided);
  });

  it('shows the wall as the Node service decides it', async () => {
    await page.getByRole('radio', { name: 'the Node service' }).check({ force: true });
    const label = await page.getByRole('img', { name: /lamps are lit/ }).getAttribute('aria-label');
    expect(label).toMatch(/^\d+ of 1000 lamps are lit, decided by the Node service$/);
    await page.getByRole('radio', { name: 'this browser' }).check({ force: true });
  });

  it('shows the shop that a customer gets, from the Node service', async () => {
    const decided = (await page.locator('#wall').getAttribute('data-browser')) ?? '';
    const number = page.getByRole('spinbutton', { name: 'Customer' });
    await number.fill(String(decided.indexOf('1') + 1));
    await page.getByRole('button', { name: 'Buy now' }).click();
    await page.getByText('Ordered and paid, in one step.').waitFor();
    await number.fill(String(decided.indexOf('0') + 1));
    await page.getByRole('button', { name: 'Add to basket' }).click();
    await page.getByText('Next: your address').waitFor();
  });

  it('names the customer under the pointer', async () => {
    await page.locator('#wall').hover({ position: { x: 60, y: 60 } });
    expect(await page.locator('#tooltip').textContent()).toMatch(/^customer-\d{4} · (on|off) · SPLIT$/);
  });

  it('fits a phone of 360 pixels without scrolling sideways', async () => {
    const phone = await openPage(360, 780);
    await settledAt(phone, '10 %');
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await phone.close();
  });

  it('turns the flag by its slider, also by keys, and lights it again after a kill', async () => {
    const slider = page.getByRole('slider', { name: 'Share of customers' });
    await slider.press('End');
    await settledAt(page, '100 %');
    await slider.press('Home');
    await settledAt(page, '0 %');
    // One after the other: the slider goes back to where the flag stands, however long that takes to come back.
    for (let tenths = 1; tenths <= 10; tenths++) {
      await slider.press('ArrowRight');
      await settledAt(page, `${tenths / 10} %`);
      await expect.poll(() => slider.inputValue()).toBe(String(tenths));
    }
    expect(await slider.getAttribute('aria-valuetext')).toBe('1 %');
    demo.press('k');
    await page.waitForFunction(() => document.body.dataset.killed === 'true');
    await slider.press('End');
    await settledAt(page, '100 %');
    expect(await page.locator('#killed').isVisible()).toBe(false);
    demo.press('2');
    await settledAt(page, '10 %');
    expect(await slider.inputValue()).toBe('20');
  });

  it('is the only one whose slider is heard', async () => {
    const put = (type: string, body: string) =>
      fetch(`${demo.url}/api/share`, { method: 'PUT', headers: { 'content-type': type }, body });
    expect((await put('text/plain', '{"percent":100}')).status).toBe(415);
    for (const body of ['{"percent":101}', '{"percent":"1"}', '{}', 'x', 'null']) {
      expect((await put('application/json', body)).status, body).toBe(400);
    }
    const preflight = await fetch(`${demo.url}/api/share`, {
      method: 'OPTIONS',
      headers: { origin: 'http://evil.example' },
    });
    expect(preflight.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('takes nothing from elsewhere and breaks no rule of its own content policy', () => {
    expect(problems).toEqual([]);
  });
});

describe('by hand', () => {
  it('offers curl lines that work when pasted: ramp, kill, restore', async () => {
    await paste('ramp to 25 %');
    await settledAt(page, '25 %');
    await paste('kill');
    await settledAt(page, '0 %');
    await paste('restore');
    await settledAt(page, '25 %');
  });

  it('keeps the lights on while the server is away, and follows it again afterwards', async () => {
    const before = await page.locator('#wall').getAttribute('data-browser');
    const known = problems.length;
    demo.press('s');
    await page.waitForFunction(() => document.querySelector<HTMLElement>('#connection')?.dataset.state !== 'live');
    expect(await page.locator('#wall').getAttribute('data-browser')).toBe(before);
    expect(await page.locator('#lit').textContent()).toBe(String(countLit(before ?? '')));
    demo.press('s');
    await page.waitForFunction(() => document.querySelector<HTMLElement>('#connection')?.dataset.state === 'live');
    demo.press('3');
    await settledAt(page, '50 %');
    // A browser says in its console that nobody answered; that is all it may say.
    expect(problems.slice(known).filter((problem) => !problem.includes('net::ERR_'))).toEqual([]);
    // Page and service come back on their own, up to half a minute apart at the worst of their back-off.
  });

  it('takes two quick presses for off and on again', async () => {
    const before = demo.output.length;
    demo.press('ss');
    await expect.poll(() => demo.output.slice(before)).toContain('the server is back');
    expect(demo.output.slice(before)).not.toContain('not done');
  });

  it('without options, ramps and kills by itself once somebody opens the page', async () => {
    const alone = await RunningDemo.start('--hold', '20');
    try {
      expect(alone.output).not.toContain('killed:');
      await fetch(alone.url);
      await expect.poll(() => alone.output).toContain('killed:');
      expect(alone.output.match(/^ +\d+ %$/gm)?.map((line) => line.trim())).toEqual([
        '0 %',
        '1 %',
        '10 %',
        '50 %',
        '100 %',
      ]);
    } finally {
      await alone.stop();
    }
  });

  it('says where the dashboard of its server is, by a link that lets the first person in', async () => {
    expect(demo.output).toContain('Its server has no dashboard: start by npm run demo');
    const page = '<!doctype html><script type="module" src="./a.js"></script>';
    const program = await builtServerWith('page', (folder) => writeFile(`${folder}/index.html`, page));
    const built = await RunningDemo.start('--manual', '--server', program);
    const server = /http:\/\/127\.0\.0\.1:\d+(?=\/api)/.exec(built.output)?.[0] ?? '';
    const code = new RegExp(`the link works once\\): ${server}/link#(\\S+)`).exec(built.output)?.[1];
    const looked = await fetch(`${server}/auth/link`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: server },
      body: JSON.stringify({ code }),
    });
    await built.stop();
    expect(looked.status).toBe(200);
  });

  it('refuses an option that it does not know, with the ones it does', async () => {
    await expect(RunningDemo.start('--fast')).rejects.toThrow(/Unknown option --fast[\s\S]*--manual/);
  });

  it('ends cleanly, and takes its server with it', async () => {
    const server = /http:\/\/127\.0\.0\.1:\d+(?=\/api)/.exec(demo.output)?.[0] ?? '';
    expect(server).not.toBe('');
    expect(await demo.stop()).toBe(0);
    await expect(fetch(`${server}/health/live`)).rejects.toThrow('fetch failed');
  });
});

async function paste(title: string): Promise<void> {
  const line = demo.curl(title);
  expect(line).toMatch(/^curl /);
  await promisify(exec)(`${line} --silent --show-error --fail-with-body`);
}
