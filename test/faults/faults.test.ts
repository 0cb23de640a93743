import { afterAll, describe, expect, it } from 'vitest';
import { FAULTS } from './catalogue.ts';
import { discardBundle } from './server-process.ts';

/** The short version of every fault; `npm run test:faults` runs the long ones. */
describe('a server on SQLite, when something goes wrong', () => {
  afterAll(discardBundle);

  for (const { id, sentence, missing, run } of FAULTS) {
    const why = missing?.() ?? null;
    if (why !== null) process.stderr.write(`\n!!! ${id} IS NOT TRIED HERE: ${why}\n    (${sentence})\n\n`);
    it.skipIf(why !== null)(`${id} ${sentence}`, { timeout: 120_000 }, async () => {
      const { violations } = await run('short', () => {});
      expect(violations).toEqual([]);
    });
  }
});
