/**
 * One way to start a real browser, for every test, demo and screenshot.
 *
 * `DIMMER_CHROMIUM` names an executable and wins. Otherwise, on x64 Linux, the Chromium that the npm package
 * `@sparticuz/chromium` carries is unpacked once; elsewhere the system's Chrome or Chromium is looked for.
 * No browser is an error that says the fix, never a test that passes without having run.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, type LaunchOptions, chromium as playwright } from 'playwright-core';
import { PATIENCE_MS } from '../patience.ts';

const SYSTEM_PLACES = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

/** Quiet, offline, and without what a container or a root user does not have. */
const ARGUMENTS = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
  '--font-render-hinting=none',
];

/**
 * Starts a headless Chromium.
 *
 * @param options playwright-core's launch options; `args` are added to ours.
 * @throws Error `CHROMIUM_MISSING` if there is none on this machine; the message says how to name one.
 */
export async function launchChromium(options: LaunchOptions = {}): Promise<Browser> {
  const executablePath = await chromiumPath();
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const browser = await playwright.launch({
    headless: true,
    executablePath,
    ...options,
    args: [...ARGUMENTS, ...asRoot, ...(options.args ?? [])],
    timeout: PATIENCE_MS,
  });
  browser.on('context', (context) => context.setDefaultTimeout(PATIENCE_MS));
  return browser;
}

async function chromiumPath(): Promise<string> {
  const named = process.env.DIMMER_CHROMIUM;
  if (named) {
    if (existsSync(named)) return named;
    throw new Error(`CHROMIUM_MISSING: DIMMER_CHROMIUM names ${named}, where there is no file. Correct or unset it.`);
  }
  if (process.platform === 'linux' && process.arch === 'x64') return packagedChromium();
  const found = SYSTEM_PLACES.find((place) => existsSync(place));
  if (found) return found;
  throw new Error('CHROMIUM_MISSING: install Chrome or Chromium, or set DIMMER_CHROMIUM to its executable.');
}

/**
 * The package unpacks itself into the temporary directory and takes a half-written file for a finished one, so two
 * test files that start together break each other. Here it unpacks into a directory of its own, which is then renamed
 * into place whole: whoever comes second finds either nothing or everything.
 */
async function packagedChromium(): Promise<string> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const workspace = JSON.parse(await readFile(join(root, 'test/package.json'), 'utf8'));
  const version = workspace.devDependencies['@sparticuz/chromium'];
  const home = join(root, 'node_modules', '.cache', `chromium-${version}`);
  const executable = join(home, 'chromium');
  if (existsSync(executable)) return executable;

  await mkdir(dirname(home), { recursive: true });
  const staging = await mkdtemp(`${home}-`);
  await promisify(execFile)(process.execPath, [fileURLToPath(new URL('./unpack-chromium.mjs', import.meta.url))], {
    env: { ...process.env, TMPDIR: staging },
  });
  await rename(staging, home).catch(() => rm(staging, { recursive: true, force: true }));
  return executable;
}
