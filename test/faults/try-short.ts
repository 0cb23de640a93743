import { describe, expect, it } from 'vitest';
import { FAULTS } from './catalogue.ts';

/** Makes a test of the short version of each of these faults; `npm run test:faults` runs the long ones. */
export function tryShort(ids: readonly string[]): void {
  describe('a server on SQLite, when something goes wrong', () => {
    for (const { id, sentence, missing, run } of FAULTS.filter((fault) => ids.includes(fault.id))) {
      const why = missing?.() ?? null;
      if (why !== null) process.stderr.write(`\n!!! ${id} IS NOT TRIED HERE: ${why}\n    (${sentence})\n\n`);
      it.skipIf(why !== null)(`${id} ${sentence}`, async () => {
        const { violations } = await run('short', () => {});
        expect(violations).toEqual([]);
      });
    }
  });
}
