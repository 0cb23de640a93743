/** The decisions of test/vectors/, which core obeys, asked of both SDKs. */
import type { createClient as createBrowserClient } from '@dimmer/browser';
import { createClient } from '@dimmer/node';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium } from '../browser/chromium.ts';
import { type PageServer, servePage } from '../browser/page-server.ts';
import { asHost, type DecisionVectors, loadDecisions } from '../vectors/vectors.ts';

declare global {
  interface Window {
    answerVectors: (vectors: DecisionVectors) => object[];
  }
}

const files = loadDecisions();
const expected = ({ cases }: DecisionVectors) => cases.map((given) => given.expect);

/**
 * What a client made of the vectors' ruleset answers, in the vectors' shape. A client takes the clock that there is
 * when it is made, so each case has its own. Runs in the page too, so it may use nothing from outside.
 */
function answer(
  create: typeof createBrowserClient,
  { ruleset, cases }: DecisionVectors,
  passed: (host: unknown) => unknown,
): object[] {
  const { now } = Date;
  try {
    return cases.map((given) => {
      if (given.now !== undefined) Date.now = () => given.now as number;
      const flags = create({ url: '', key: '', bootstrap: ruleset, logger: false });
      const context = given.host === undefined ? given.context : (passed(given.host) as typeof given.context);
      const evaluation = flags.evaluate(given.flag, given.default, context);
      Date.now = now;
      const { value, variation = null, reason, ruleId, errorCode } = evaluation;
      return JSON.parse(JSON.stringify({ value, variation, reason, ruleId, errorCode }));
    });
  } finally {
    Date.now = now;
  }
}

describe('in Node', () => {
  it.each(files)('the vectors of $name hold', (vectors) => {
    expect(vectors.cases.length).toBeGreaterThan(0);
    expect(answer(createClient, vectors, asHost)).toEqual(expected(vectors));
  });
});

describe('in Chromium', () => {
  let browser: Browser;
  let pages: PageServer;
  let page: Page;

  beforeAll(async () => {
    browser = await launchChromium();
    pages = await servePage(`
      import { createClient } from '@dimmer/browser';
      const answer = ${answer.toString()};
      ${asHost.toString()}
      window.answerVectors = (vectors) => answer(createClient, vectors, asHost);`);
    page = await browser.newPage();
    await page.goto(pages.url);
    await page.waitForFunction(() => window.answerVectors !== undefined);
  });

  afterAll(async () => {
    await browser?.close();
    await pages?.close();
  });

  it.each(files)('the vectors of $name hold', async (vectors) => {
    // As text: a value that is passed into a page loses properties named `__proto__`.
    const text = JSON.stringify(vectors);
    const answers = await page.evaluate((json) => JSON.stringify(window.answerVectors(JSON.parse(json))), text);
    expect(JSON.parse(answers)).toEqual(expected(vectors));
  });
});
