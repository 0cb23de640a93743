/** The checks of test/sdk-checks that are the browser's to pass: start, reconnecting, parsing, storage. */
import { createClient } from '@dimmer/node';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventText, FakeServer } from '../../client/test/fake/fake-server.ts';
import { snapshotOf, switchFlag, textFlag } from '../../client/test/fake/rules.ts';
import { expectInTime } from '../patience.ts';
import { launchChromium } from './chromium.ts';
import { type PageServer, servePage } from './page-server.ts';
import { type Tab, until, VISITED_PAGE, Visitor } from './visitor.ts';

const RULES = snapshotOf({ a: switchFlag(true), text: textFlag('blue') });
const KEY = 'web_public';

let browser: Browser;
let pages: PageServer;
let server: FakeServer;
let visitor: Visitor;

beforeAll(async () => {
  browser = await launchChromium();
  pages = await servePage(VISITED_PAGE);
});

afterAll(async () => {
  await browser?.close();
  await pages?.close();
});

beforeEach(async () => {
  server = await FakeServer.start(RULES);
  visitor = await Visitor.arrive(browser, pages.url, { url: server.url, key: KEY });
});

afterEach(async () => {
  await visitor.leave();
  await server.close();
});

const streamsAsked = () => server.requests('stream').length;
const cacheName = () => `dimmer ${server.url} ${KEY}`;
const cached = ({ page }: Tab) => page.evaluate((name) => localStorage.getItem(name), cacheName());
const text = ({ page }: Tab) => page.evaluate(() => window.flags.value('text', 'red'));

describe('start', () => {
  it('2: with the server down the first answer takes at most 1 ms: kept rules, else the bootstrap, else the default', async () => {
    const tab = await visitor.open();
    // Kept at the latest when the client is closed.
    await tab.page.evaluate(() => window.flags.close());
    await server.close();
    const answers = await tab.page.evaluate(
      (options) => {
        const fastest = (given: (typeof options)[number]) => {
          const rounds = Array.from({ length: 5 }, () => {
            const flags = window.createClient(given);
            const askedAt = performance.now();
            const { value, source } = flags.evaluate('text', 'red');
            return { ms: performance.now() - askedAt, value, source };
          });
          return rounds.sort((one, other) => one.ms - other.ms)[0];
        };
        return options.map(fastest);
      },
      [
        { url: server.url, key: KEY },
        { url: server.url, key: 'web_other', bootstrap: JSON.stringify(RULES) },
        { url: server.url, key: 'web_third' },
      ],
    );
    expect(answers).toMatchObject([
      { value: 'blue', source: 'cache' },
      { value: 'blue', source: 'bootstrap' },
      { value: 'red', source: 'default' },
    ]);
    for (const answer of answers) expectInTime('the first answer', answer?.ms ?? Number.NaN, 1);
  });

  it('3: connecting goes on after `ready()` has given up; ready within 5 s of the server being there', async () => {
    const { port } = server;
    await server.close();
    const tab = await visitor.open({ initTimeoutMs: 100 });
    expect(await text(tab)).toBe('red');
    server = await FakeServer.start(RULES, { port });
    await tab.has(RULES.id);
    expect(await text(tab)).toBe('blue');
  });

  it('7: options that are nonsense fall back with one warning each, and unknown ones are named', async () => {
    const tab = await visitor.open({ initTimeoutMs: 'soon', maxStaleMs: -1, cache: 7, poll: 1 });
    await tab.has(RULES.id);
    expect(tab.problems).toHaveLength(4);
    expect(tab.problems.filter((problem) => problem.includes('OPTION_INVALID'))).toHaveLength(3);
    expect(tab.problems.at(-1)).toContain('OPTION_UNKNOWN: poll');
  });

  it('10: two clients of different environments in one page do not disturb each other', async () => {
    const tab = await visitor.open();
    const states = await tab.page.evaluate(async (url) => {
      const other = window.createClient({ url, key: 'web_other' });
      await other.ready();
      await other.close();
      return [window.flags.status().state, other.status().state];
    }, server.url);
    expect(states).toEqual(['live', 'closed']);
    await tab.has(server.change({ text: textFlag('green') }).id);
    expect(await text(tab)).toBe('green');
  });

  it.each([
    [0.5, '0'],
    [0.05, null],
  ])('says to the server whether it will hear what is applied: a die of %d, `receipts` %s', async (die, expected) => {
    await visitor.context.addInitScript(`Math.random = () => ${die}`);
    const tab = await visitor.open();
    expect(server.requests('stream')[0]!.query.get('receipts')).toBe(expected);
    const { id } = server.change({ a: switchFlag(false) });
    await tab.has(id);
    await tab.isEnabled('a');
    await tab.page.evaluate(() => window.flags.close());
    await until(() => server.batches.length > 0);
    const receipts = server.batches.flatMap((batch) => batch.receipts.map((receipt) => receipt.id));
    expect(receipts.includes(id)).toBe(expected === null);
  });
});

describe('reconnecting', () => {
  it('12, 52: a 204, or a page in the place of the stream, is no reason to stop: it asks rarely, and keeps what it has', async () => {
    const tab = await visitor.open();
    await tab.page.evaluate(() => window.flags.close());
    const kept = await cached(tab);
    expect(kept).toContain(RULES.id);
    for (const status of [204, 200]) {
      server.behaviours.stream = (_request, response) =>
        response.writeHead(status, { 'content-type': 'text/html' }).end(status === 200 ? '<html>' : undefined);
      await tab.page.reload();
      await tab.page.waitForFunction(() => window.createClient !== undefined);
      await tab.create({ url: server.url, key: KEY, initTimeoutMs: 50, instance: 'again' });
      await tab.is('refused');
      expect(await text(tab)).toBe('blue');
      expect(await cached(tab)).toBe(kept);
    }
  });

  it('17: waits for as long as `Retry-After` asks', async () => {
    let refusedAt = 0;
    server.behaviours.stream = (_request, response) => {
      refusedAt = performance.now();
      response.writeHead(503, { 'retry-after': '2', 'access-control-expose-headers': 'retry-after' }).end();
    };
    const opening = visitor.open();
    // The second question is what the status was.
    await until(() => streamsAsked() === 2);
    server.behaviours.stream = undefined;
    const tab = await opening;
    await until(() => streamsAsked() === 3);
    expect(performance.now() - refusedAt).toBeGreaterThan(1_990);
    await tab.has(RULES.id);
  });

  it.each([1, 3_600_000])('18: a `retry:` of %d ms makes it neither quicker nor slower', async (retryMs) => {
    const tab = await visitor.open();
    for (const stream of server.streams) stream.write(`retry: ${retryMs}\n\n`);
    server.change({ a: switchFlag(false) });
    await tab.has(server.snapshot.id);
    const cutAt = performance.now();
    server.cut();
    await until(() => streamsAsked() === 2);
    // By the die of this visitor, a tenth to a fifth of five seconds.
    expect(performance.now() - cutAt).toBeGreaterThan(450);
    await tab.has(server.snapshot.id);
  });

  it('21: a page that is refused a stream at its start has rules at once', async () => {
    const refusal = { error: { code: 'STREAMS_CROWDED', message: 'Too many.', fix: 'Share one.' } };
    server.behaviours.stream = (_request, response) =>
      response.writeHead(429, { 'retry-after': '60' }).end(JSON.stringify(refusal));
    const tab = await visitor.open({ initTimeoutMs: 60_000 });
    expect(await tab.page.evaluate(() => window.flags.ready())).toEqual({ ready: true, timedOut: false });
    expect(await text(tab)).toBe('blue');
    expect((await tab.status()).lastError).toBe('HTTP 429 STREAMS_CROWDED: Too many. Share one.');
    expect(server.requests('ruleset')).toHaveLength(1);
  });

  it('13: a page whose key is refused is told so at once', async () => {
    const refusal = { error: { code: 'KEY_UNKNOWN', message: 'No such key.', fix: 'Make one.' } };
    server.behaviours.stream = (_request, response) => response.writeHead(401).end(JSON.stringify(refusal));
    const tab = await visitor.open({ initTimeoutMs: 60_000 });
    expect(await tab.page.evaluate(() => window.flags.ready())).toEqual({ ready: false, timedOut: false });
    expect(await tab.status()).toMatchObject({
      state: 'refused',
      lastError: 'HTTP 401 KEY_UNKNOWN: No such key. Make one.',
    });
    expect(server.requests('ruleset')).toEqual([]);
  });

  it('21, 22: rules are fetched while no stream works, and no more when one does', async () => {
    server.behaviours.stream = (_request, response) => response.writeHead(500).end();
    const tab = await visitor.open({ initTimeoutMs: 50 }, '/', (page) => page.clock.install());
    /** Lets the page's time pass until it is in a state, and the network keep up with it. */
    const passUntil = async (state: string) => {
      for (let step = 0; step < 200 && (await tab.status()).state !== state; step++) {
        await tab.page.clock.runFor(2_000);
        await tab.page.evaluate((url) => fetch(`${url}/nothing`).then(() => undefined), server.url);
      }
      expect(await tab.status()).toMatchObject({ state });
    };
    await passUntil('polling');
    expect(await text(tab)).toBe('blue');
    server.change({ text: textFlag('green') });
    const polled = server.requests('ruleset').length;
    // Much is left until the minute is over, of which some has passed while the network was waited for.
    await tab.stopClock();
    await tab.page.clock.runFor(25_000);
    expect(server.requests('ruleset')).toHaveLength(polled);
    await tab.page.clock.runFor(36_000);
    await tab.startClock();
    await until(async () => (await text(tab)) === 'green');
    expect(server.requests('ruleset')).toHaveLength(polled + 1);
    server.behaviours.stream = undefined;
    await passUntil('live');
    const before = server.requests('ruleset').length;
    await tab.page.clock.runFor(14_000);
    expect(server.requests('ruleset')).toHaveLength(before);
  });
});

describe('parsing', () => {
  it.each(['\n', '\r', '\r\n'])(
    '47: bytes one by one, lines that end in %j, a mark at the start and comments',
    async (end) => {
      const flags = { text: textFlag('blå \u{1f600} – 青') };
      const snapshot = snapshotOf(flags, '9.abcdefabcdef');
      server.behaviours.stream = async (_request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream' });
        const events = `: hello\n${eventText('snapshot', snapshot, snapshot.id)}:\n${eventText('ping', { id: snapshot.id, at: 1 })}`;
        for (const byte of Buffer.from(`\ufeff${events.replaceAll('\n', end)}`)) {
          if (!response.write(Buffer.of(byte))) await new Promise((resolve) => response.once('drain', resolve));
        }
      };
      const tab = await visitor.open();
      await tab.has(snapshot.id);
      expect(await text(tab)).toBe('blå \u{1f600} – 青');
    },
  );

  it('51: lone surrogates, NUL and right-to-left marks come through, and split people as in Node', async () => {
    const split = {
      slices: [
        { variation: 'on', parts: 50_000 },
        { variation: 'off', parts: 50_000 },
      ],
    };
    const odd = ['\ud800', '\udc00x', '\0', '\u202eabc', 'a\0b', '\u{10ffff}', 'é', 'e\u0301'];
    const bootstrap = snapshotOf({
      ...Object.fromEntries(odd.map((key) => [key, { ...switchFlag(true), fallthrough: split }])),
      text: textFlag(odd.join('')),
    });
    const questions = odd.flatMap((flag) =>
      odd.map((targetingKey) => ({ flag, targetingKey: `${targetingKey}-${flag}` })),
    );
    const inNode = createClient({ url: '', key: '', bootstrap, logger: false });
    const expected = questions.map(({ flag, targetingKey }) => inNode.isEnabled(flag, { targetingKey }));
    expect(new Set(expected).size).toBe(2);
    const tab = await visitor.open();
    // As text of escapes, because what carries the call may not take half a character.
    const escaped = JSON.stringify(JSON.stringify({ bootstrap, questions }));
    const answers = await tab.page.evaluate((given) => {
      const asked = JSON.parse(JSON.parse(given));
      const flags = window.createClient({ url: '', key: '', bootstrap: asked.bootstrap, logger: false });
      const units = [...Array(flags.value('text', '').length).keys()].map((at) =>
        flags.value('text', '').charCodeAt(at),
      );
      return {
        units,
        answers: asked.questions.map(({ flag, targetingKey }: { flag: string; targetingKey: string }) =>
          flags.isEnabled(flag, { targetingKey }),
        ),
      };
    }, escaped);
    expect(answers.answers).toEqual(expected);
    expect(answers.units).toEqual([...Array(odd.join('').length).keys()].map((at) => odd.join('').charCodeAt(at)));
    await inNode.close();
  });

  it('53: flags named like members of every object are flags', async () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'then', 'toJSON'];
    const flags = Object.fromEntries(names.map((name) => [name, textFlag(name)]));
    // `{…}` would set the prototype.
    expect(Object.keys(flags)).toEqual(names);
    server.snapshot = { ...RULES, flags };
    const tab = await visitor.open();
    const ask = () => tab.page.evaluate((keys) => keys.map((key) => window.flags.value(key, '')), names);
    expect(await ask()).toEqual(names);
    server.change(Object.fromEntries(names.map((name) => [name, textFlag('changed')])));
    await tab.has(server.snapshot.id);
    expect(await ask()).toEqual(names.map(() => 'changed'));
    expect((await tab.changes()).at(-1)!.keys.toSorted()).toEqual(names.toSorted());
    server.change(Object.fromEntries(names.map((name) => [name, null])));
    await tab.has(server.snapshot.id);
    expect(await ask()).toEqual(names.map(() => ''));
    // That they are gone is said, and nothing else.
    expect(tab.problems.filter((problem) => !problem.includes('FLAG_NOT_FOUND'))).toEqual([]);
  });
});

describe('storage', () => {
  it.each([
    ['text that is no JSON', '{"schema":1,'],
    ['a snapshot of another schema', JSON.stringify({ ...RULES, schema: 99 })],
    ['something else', '[]'],
  ])('70: kept rules that are %s are ignored with one warning', async (_what, kept) => {
    const tab = await visitor.open({}, '/', (page) =>
      page.addInitScript(([name, value]) => localStorage.setItem(name!, value!), [cacheName(), kept]),
    );
    await tab.has(RULES.id);
    expect(await text(tab)).toBe('blue');
    expect(tab.problems).toHaveLength(1);
    expect(tab.problems[0]).toContain('CACHE_INVALID');
  });

  it('70: rules that are empty are as if there were none', async () => {
    const tab = await visitor.open({}, '/', (page) =>
      page.addInitScript((name) => localStorage.setItem(name, ''), cacheName()),
    );
    await tab.has(RULES.id);
    expect(tab.problems).toEqual([]);
  });

  it('71, 74: rules kept for one key or server are never served to another', async () => {
    const tab = await visitor.open();
    await tab.page.evaluate(() => window.flags.close());
    expect(await cached(tab)).toContain(RULES.id);
    const answers = await tab.page.evaluate(
      ([url, key]) =>
        [
          { url, key: 'web_other' },
          { url: `${url}/elsewhere`, key },
          { url, key },
        ].map((options) => window.createClient(options as never).value('text', 'red')),
      [server.url, KEY],
    );
    expect(answers).toEqual(['red', 'red', 'blue']);
  });

  it('73: where nothing can be written everything works from memory', async () => {
    const tab = await visitor.open({}, '/', (page) =>
      page.addInitScript(() => {
        Storage.prototype.setItem = () => {
          throw new DOMException('full', 'QuotaExceededError');
        };
      }),
    );
    await tab.has(server.change({ text: textFlag('green') }).id);
    await tab.page.evaluate(() => window.flags.close());
    expect(await text(tab)).toBe('green');
    expect(tab.problems).toEqual([]);
  });
});
