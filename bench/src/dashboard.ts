/**
 * The dashboard and the command line, as people feel them: `npm run bench:dashboard`, or with `-- --quick`. A real
 * server with its real pages in Chromium; 5,000 flags; a kill by the command line until 200 SDKs have obeyed. The report
 * is printed and written to bench/results/dashboard.md.
 */
import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { bundleCli } from '../../scripts/bundle-cli.ts';
import { launchChromium } from '../../test/browser/chromium.ts';
import { signIn } from '../../test/dashboard/administrator.ts';
import { DashboardServer, discardBuild } from '../../test/dashboard/dashboard-server.ts';
import { filterBy, scrollThrough } from './dashboard/in-the-page.ts';
import { describeMachine } from './machine.ts';
import { markdownTable, readable } from './markdown.ts';
import { median, percentile } from './measure.ts';
import { SdkFleet } from './nodes/sdk-fleet.ts';

const RESULTS_FOLDER = fileURLToPath(new URL('../results/', import.meta.url));
const CLI_FOLDER = fileURLToPath(new URL('../dist/cli', import.meta.url));
const { values: options } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
const rounds = options.quick
  ? { loads: 3, changes: 10, kills: 5, starts: 7 }
  : { loads: 9, changes: 60, kills: 30, starts: 30 };
const FLAGS = 5_000;
const SDKS = 200;
const CPU_SLOWER = 4;
const run = promisify(execFile);

/**
 * The page itself notes when a flag has been drawn, ms since the navigation began: the tools of a test are slowed down
 * like everything else in the page, and take longer to look than the page to be drawn.
 */
const NOTE_WHEN_USABLE = `{
  const drawn = () => setTimeout(() => (window.usableAtMs = performance.now()));
  const look = () => requestAnimationFrame(document.querySelector('a[href$="/flags/one"]') ? drawn : look);
  look();
}`;

const rows: string[][] = [];
const machine = describeMachine();
const browser = await launchChromium();
try {
  await firstLoad(browser);
  await manyFlags(browser);
  await commandLine();
} finally {
  await browser.close();
  await discardBuild();
  await rm(CLI_FOLDER, { recursive: true, force: true });
}
const report = [
  machine,
  'Wall time on loopback; server, browser, SDKs and caller share the same cores. Chromium draws by software.',
  markdownTable(['what', 'p50', 'p95', 'max', 'samples', 'target', ''], rows),
].join('\n\n');
mkdirSync(RESULTS_FOLDER, { recursive: true });
writeFileSync(`${RESULTS_FOLDER}dashboard.md`, `${report}\n`);
process.stdout.write(`${report}\n`);

/** From the request of the page until a flag can be seen and pressed, nothing cached, with a processor four times slower. */
async function firstLoad(browser: Browser): Promise<void> {
  const server = await DashboardServer.start();
  for (const key of ['one', 'two', 'three']) await server.call('POST', '/projects/default/flags', { key });
  const usableMs: number[] = [];
  const scriptKb: number[] = [];
  for (let load = 0; load < rounds.loads; load++) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    await signIn(context, server);
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Network.enable');
    const scripts = new Set<string>();
    let bytes = 0;
    session.on('Network.responseReceived', ({ requestId, type }) => void (type === 'Script' && scripts.add(requestId)));
    session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
      if (scripts.has(requestId)) bytes += encodedDataLength;
    });
    await session.send('Emulation.setCPUThrottlingRate', { rate: CPU_SLOWER });
    await page.addInitScript({ content: NOTE_WHEN_USABLE });
    await page.goto(`${server.url}/projects/default/flags`);
    const usableAt = () => (window as { usableAtMs?: number }).usableAtMs;
    usableMs.push((await (await page.waitForFunction(usableAt)).jsonValue()) ?? Number.NaN);
    scriptKb.push(bytes / 1_024);
    await context.close();
  }
  add('first load: script, KB gzip', scriptKb, 200);
  add(`first load → a flag can be pressed, processor ${CPU_SLOWER} × slower, ms`, usableMs, 1_000);
  await server.stop();
}

async function manyFlags(browser: Browser): Promise<void> {
  const server = await DashboardServer.start();
  for (let index = 0; index < FLAGS; index++) {
    const key = `flag-${String(index).padStart(4, '0')}`;
    await server.call('POST', '/projects/default/flags', {
      key,
      name: `Feature number ${index}`,
      tags: [`tag-${index % 20}`],
    });
  }
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  // What runs in the page is compiled with calls of this helper, which keeps names of functions.
  await context.addInitScript({ content: 'globalThis.__name ??= (named) => named' });
  await signIn(context, server);
  const page = await context.newPage();
  await page.goto(`${server.url}/projects/default/flags`);
  await page
    .getByRole('link', { name: /Feature number 0/ })
    .first()
    .waitFor();
  await scrollThrough(page);
  const scrolling = await scrollThrough(page);
  rows.push([
    `${readable(FLAGS)} flags scrolled: frames a second`,
    readable(scrolling.framesPerSecond),
    `${readable(scrolling.p95Ms)} ms a frame`,
    `${scrolling.blankFrames} blank`,
    '',
    '≥ 60',
    // A screen of 60 Hz never shows more than 60, and 59.9 is the clock.
    scrolling.framesPerSecond >= 59 ? 'reached' : 'falls short',
  ]);
  await page.evaluate(() => window.scrollTo(0, 0));
  const filterMs: number[] = [];
  for (let turn = 0; turn < rounds.changes; turn++) {
    for (const text of ['4', '42', 'tag-7', 'number 499']) filterMs.push(await filterBy(page, text));
    await filterBy(page, '');
  }
  add(`${readable(FLAGS)} flags filtered → drawn, ms`, filterMs, 50);
  const seenMs: number[] = [];
  for (let turn = 0; turn < rounds.changes; turn++) {
    const percent = (turn % 98) + 1;
    const begun = performance.now();
    await server.call('POST', '/projects/default/flags/flag-0001/environments/production/rollout', { percent });
    await page.waitForFunction((text) => document.querySelector('main')?.textContent?.includes(text), `${percent} %`, {
      polling: 'raf',
    });
    seenMs.push(performance.now() - begun);
  }
  add(`a change made elsewhere → drawn, among ${readable(FLAGS)} flags, ms`, seenMs, 300);
  await context.close();
  await server.stop();
}

async function commandLine(): Promise<void> {
  await bundleCli(CLI_FOLDER);
  const server = await DashboardServer.start();
  const env = { ...process.env, DIMMER_URL: server.url, DIMMER_TOKEN: server.adminToken };
  const dimmer = async (...words: string[]): Promise<number> => {
    const begun = performance.now();
    await run(process.execPath, [`${CLI_FOLDER}/main.js`, ...words], { env });
    return performance.now() - begun;
  };
  await server.call('POST', '/projects/default/flags', { key: 'cart' });
  const targeting = '/projects/default/flags/cart/environments/production';
  await server.call('POST', `${targeting}/toggle`, { on: true });
  const fleet = await SdkFleet.open({
    url: server.url,
    key: server.keysOf('production').server,
    clients: SDKS,
    name: 'app',
  });
  const killMs: number[] = [];
  for (let turn = 0; turn < rounds.kills; turn++) {
    killMs.push(await dimmer('kill', 'cart', '-e', 'production', '--reason', 'measured', '--wait'));
    await server.call('POST', `${targeting}/restore?wait=applied`, {});
  }
  add(`dimmer kill --wait → confirmed by ${SDKS} SDKs, ms`, killMs, 1_500);
  const bareMs: number[] = [];
  const startMs: number[] = [];
  const listMs: number[] = [];
  for (let turn = 0; turn < rounds.starts; turn++) {
    const begun = performance.now();
    await run(process.execPath, ['-e', '0']);
    bareMs.push(performance.now() - begun);
    startMs.push(await dimmer('--version'));
    listMs.push(await dimmer('flags', 'list'));
  }
  add('node -e 0, for comparison, ms', bareMs);
  add('dimmer --version, ms', startMs, 150);
  add('dimmer flags list, ms', listMs);
  await fleet.close();
  await server.stop();
}

function add(what: string, samples: readonly number[], target?: number): void {
  const middle = median(samples);
  const verdict = target === undefined ? '' : middle <= target ? 'reached' : 'falls short';
  const figures = [middle, percentile(samples, 0.95), Math.max(...samples)].map(readable);
  rows.push([what, ...figures, String(samples.length), target === undefined ? '' : `≤ ${readable(target)}`, verdict]);
}
