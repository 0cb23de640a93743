/**
 * Pictures of the wall at each step of the ramp, in both schemes, on a phone and on a desk:
 *
 *   npx tsx demo/test/screenshots.ts <folder>
 *
 * It stands among the tests because it needs their browser.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { launchChromium } from '../../test/browser/chromium.ts';
import { RunningDemo, settledAt } from './running-demo.ts';

const SCREENS = [
  { width: 1_440, height: 900, deviceScaleFactor: 1 },
  { width: 360, height: 780, deviceScaleFactor: 2 },
];

/** Which key sets what, and how the page then says it. */
const STEPS = [
  { key: '0', percent: '0 %', name: '0' },
  { key: '1', percent: '1 %', name: '1' },
  { key: '2', percent: '10 %', name: '10' },
  { key: '3', percent: '50 %', name: '50' },
  { key: '4', percent: '100 %', name: '100' },
  { key: 'k', percent: '0 %', name: 'killed' },
];

const folder = process.argv[2];
if (!folder) {
  process.stderr.write('Name the folder for the pictures: npx tsx demo/test/screenshots.ts <folder>\n');
  process.exit(2);
}
await mkdir(folder, { recursive: true });

const demo = await RunningDemo.start('--manual');
const browser = await launchChromium();
try {
  for (const { width, height, deviceScaleFactor } of SCREENS) {
    for (const colorScheme of ['dark', 'light'] as const) {
      const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor, colorScheme });
      await page.goto(demo.url);
      for (const { key, percent, name } of STEPS) {
        demo.press(key);
        await settledAt(page, percent);
        await page.waitForFunction((killed) => document.body.dataset.killed === killed, String(key === 'k'));
        const path = join(folder, `${colorScheme}-${width}-${name}.png`);
        await page.screenshot({ path, fullPage: true, animations: 'disabled' });
        process.stdout.write(`${path}\n`);
      }
      await page.close();
    }
  }
} finally {
  await browser.close();
  await demo.stop();
}
