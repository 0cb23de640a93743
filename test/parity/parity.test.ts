/** The same random questions to core, the Node SDK and the browser SDK in Chromium. `DIMMER_CASES` asks more of them. */
import { evaluate, isEnabled, Ruleset, type Snapshot } from '@dimmer/core';
import { createClient } from '@dimmer/node';
import { expect, it } from 'vitest';
import { launchChromium } from '../browser/chromium.ts';
import { servePage } from '../browser/page-server.ts';
import { type Answerer, answerRound, digest } from './answers.ts';
import { QUESTIONS } from './random-questions.ts';

const CASES = Number(process.env.DIMMER_CASES ?? 20_000);
const ROUNDS = Math.ceil(CASES / QUESTIONS);
/** Rounds for which a browser is asked at once. */
const ROUNDS_PER_CALL = 25;

declare global {
  interface Window {
    answer: (round: number) => string[];
    digestOf: (round: number) => number;
  }
}

function byCore(snapshot: object): Answerer {
  const ruleset = new Ruleset();
  ruleset.replace(snapshot as Snapshot);
  return {
    isEnabled: ({ key, context }) => isEnabled(ruleset, key, context),
    evaluate: ({ key, defaultValue, context }) => evaluate(ruleset, key, defaultValue, context),
  };
}

/** A client that is given its rules and never connects. */
function byNode(bootstrap: object): Answerer {
  const flags = createClient({ url: '', key: '', bootstrap: bootstrap as Snapshot, logger: false });
  return {
    isEnabled: ({ key, context }) => flags.isEnabled(key, context),
    evaluate: ({ key, defaultValue, context }) => flags.evaluate(key, defaultValue, context),
  };
}

const rounds = Array.from({ length: ROUNDS }, (_, index) => index + 1);
const expected = rounds.map((round) => digest(answerRound(round, byCore)));

it('asks questions worth asking: every reason and most error codes occur', () => {
  const answers = answerRound(1, byCore).concat(answerRound(2, byCore), answerRound(3, byCore)).join('\n');
  const words = ['TARGETING_MATCH', 'SPLIT', 'DISABLED', 'DEFAULT', 'STATIC', 'PREREQUISITE_FAILED', 'ERROR'];
  const codes = ['PARSE_ERROR', 'TYPE_MISMATCH', 'TARGETING_KEY_MISSING', 'GENERAL'];
  expect([...words, ...codes].filter((word) => !answers.includes(`"${word}"`))).toEqual([]);
  expect(new Set(expected).size).toBe(ROUNDS);
});

it(`the Node SDK answers ${CASES} questions as core does`, () => {
  for (const [index, round] of rounds.entries()) {
    const lines = answerRound(round, byNode);
    if (digest(lines) !== expected[index]) expect(lines).toEqual(answerRound(round, byCore));
  }
});

it(`the browser SDK in Chromium answers ${CASES} questions as core does`, async () => {
  const browser = await launchChromium();
  const pages = await servePage(`
    import { createClient } from '@dimmer/browser';
    import { answerRound, digest } from './test/parity/answers.ts';
    window.answer = (round) => answerRound(round, (bootstrap) => {
      const flags = createClient({ url: '', key: '', bootstrap, cache: false, logger: false });
      return {
        isEnabled: ({ key, context }) => flags.isEnabled(key, context),
        evaluate: ({ key, defaultValue, context }) => flags.evaluate(key, defaultValue, context),
      };
    });
    window.digestOf = (round) => digest(window.answer(round));`);
  try {
    const page = await browser.newPage();
    await page.goto(pages.url);
    await page.waitForFunction(() => window.digestOf !== undefined);
    for (let start = 0; start < ROUNDS; start += ROUNDS_PER_CALL) {
      const some = rounds.slice(start, start + ROUNDS_PER_CALL);
      const digests = await page.evaluate((asked) => asked.map((round) => window.digestOf(round)), some);
      for (const [index, round] of some.entries()) {
        if (digests[index] === expected[start + index]) continue;
        expect(await page.evaluate((asked) => window.answer(asked), round)).toEqual(answerRound(round, byCore));
      }
      expect(digests).toEqual(expected.slice(start, start + some.length));
    }
  } finally {
    await browser.close();
    await pages.close();
  }
});
