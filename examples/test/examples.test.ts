import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../../test/browser/chromium.ts';
import { ExampleServer } from './example-server.ts';
import { RunningExample, runShell } from './running-example.ts';

let server: ExampleServer;
const running: RunningExample[] = [];

beforeAll(async () => {
  server = await ExampleServer.start();
  await server.post('/flags', { key: 'greeting', type: 'boolean', browser: true });
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((example) => example.stop()));
});

afterAll(() => server?.close());

function run(script: string, kind: 'server' | 'browser', args: readonly string[] = []): RunningExample {
  const example = new RunningExample(script, { ...server.variables(kind), PORT: '0' }, args);
  running.push(example);
  return example;
}

const greeting = (act: string, body: object) => server.post(`/flags/greeting/environments/production/${act}`, body);

describe('node-hello', () => {
  it('greets by the flag, and again when the flag changes', async () => {
    await greeting('toggle', { on: false });
    const example = run('node-hello/main.ts', 'server', ['grace']);
    await example.printed(/^Hello, grace\.$/m);
    await greeting('rollout', { percent: 100 });
    await example.printed(/^Hello in new light, grace\.$/m);
    await greeting('toggle', { on: false });
    await example.printed(/^Hello in new light, grace\.\nHello, grace\.$/m);
    expect(await example.stop()).toBe(0);
  });
});

describe('browser-hello', () => {
  it('greets in a real browser, and again when the flag changes', async () => {
    await greeting('toggle', { on: false });
    const example = run('browser-hello/serve.ts', 'browser');
    const [, url = ''] = await example.printed(/^Open (\S+)$/m);
    const browser = await launchChromium();
    try {
      const page = await browser.newPage();
      await page.goto(url);
      await page.getByRole('heading', { name: 'Hello, ada.' }).waitFor();
      await greeting('rollout', { percent: 100 });
      await page.getByRole('heading', { name: 'Hello in new light, ada.' }).waitFor();
      expect(await page.locator('#revision').textContent()).toMatch(/^\d+\.[0-9a-f]{12}$/);
    } finally {
      await browser.close();
    }
  });
});

describe('testers-in-production', () => {
  it('shows the new search to the segment, by key or by address, and to nobody else', async () => {
    await runShell('testers-in-production/setup.sh', server.variables());
    const example = run('testers-in-production/main.ts', 'server');
    expect(await example.ended()).toBe(0);
    expect(example.output).toBe(
      [
        'ada: new search (TARGETING_MATCH)',
        'grace: new search (TARGETING_MATCH)',
        'linus: old search (DEFAULT)',
        'anonymous: old search (DEFAULT)',
        '',
      ].join('\n'),
    );
  });
});

describe('read-only-mode', () => {
  it('refuses writes from the kill on while reads go on, and takes them again after the restore', async () => {
    await runShell('read-only-mode/setup.sh', server.variables());
    const example = run('read-only-mode/main.ts', 'server');
    const [, notes = ''] = await example.printed(/^Notes on (\S+)$/m);
    const write = (body: string) => fetch(notes, { method: 'POST', body });
    expect((await write('tea')).status).toBe(201);

    await runShell('read-only-mode/setup.sh', server.variables(), ['stop']);
    await expect.poll(async () => (await write('milk')).status).toBe(503);
    const refused = await write('sugar');
    expect(refused.headers.get('retry-after')).toBe('30');
    const kept = await (await fetch(notes)).text();
    expect(kept).toMatch(/^tea\n/);
    expect(kept).not.toContain('sugar');

    await runShell('read-only-mode/setup.sh', server.variables(), ['go']);
    await expect.poll(async () => (await write('bread')).status).toBe(201);
    expect(await example.stop()).toBe(0);
  });

  it('accepts writes while nobody can say otherwise', async () => {
    const example = new RunningExample('read-only-mode/main.ts', {
      ...server.variables(),
      DIMMER_URL: 'http://127.0.0.1:9',
      PORT: '0',
    });
    running.push(example);
    const [, notes = ''] = await example.printed(/^Notes on (\S+)$/m);
    expect((await fetch(notes, { method: 'POST', body: 'tea' })).status).toBe(201);
  });
});

describe('each example', () => {
  const root = new URL('..', import.meta.url).pathname;
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
    (path) => /\.(ts|sh|html)$/.test(path) && !/^(test|node_modules)\//.test(path),
  );

  /** Those that are made of several files, and what these share. */
  const isPart = (path: string) => /^(blue-green|dark-launch|expand-contract|scenery)\//.test(path);

  it.each(files)('%s is under 60 lines, or 120 where an example is made of several files', (path) => {
    const most = isPart(path) ? 120 : 60;
    expect(readFileSync(join(root, path), 'utf8').split('\n').length).toBeLessThan(most);
  });

  it.each(files.filter((path) => !path.endsWith('.html')))('%s says first what it shows', (path) => {
    expect(readFileSync(join(root, path), 'utf8')).toMatch(/^(\/\*\*\s|#!\/bin\/sh\n# )/);
  });
});
