/**
 * The long version of every fault, and a table of what came of them:
 *
 *     npm run test:faults              # all
 *     npm run test:faults F2 F6        # some
 */
import { FAULTS } from './catalogue.ts';
import type { Fault } from './fault.ts';
import { type FaultRow, faultTable, isFailed } from './fault-table.ts';
import { discardBundle } from './server-process.ts';
import { runVitestFaults } from './vitest-faults.ts';

/** `DIMMER_FAULTS=short npm run test:faults F4` shows what `npm test` does of it. */
const SIZE = process.env.DIMMER_FAULTS === 'short' ? 'short' : 'long';

async function main(ids: readonly string[]): Promise<void> {
  const wrong = ids.filter((id) => !/^F\d+$/.test(id));
  if (wrong.length > 0) {
    process.stderr.write(`"${wrong[0]}" is not a fault. Write e.g.: npm run test:faults F2 F6\n`);
    process.exitCode = 2;
    return;
  }
  const programs = FAULTS.filter(({ id }) => ids.length === 0 || ids.includes(id));
  const rows: FaultRow[] = [];
  for (const fault of programs) rows.push(await tryFault(fault));
  await discardBundle();
  const known = FAULTS.map(({ id }) => id);
  const tests = ids.filter((id) => !known.includes(id));
  if (ids.length === 0 || tests.length > 0) rows.push(...(await runVitestFaults(tests, known)));

  process.stdout.write(`\n${faultTable(rows)}`);
  const notFound = tests.filter((id) => !rows.some((row) => row.id === id));
  for (const id of notFound) process.stdout.write(`There is no ${id}, or it cannot be tried here.\n`);
  process.exitCode = rows.some(isFailed) || notFound.length > 0 ? 1 : 0;
}

async function tryFault({ id, sentence, missing, run }: Fault): Promise<FaultRow> {
  const why = missing?.() ?? null;
  const startedAt = performance.now();
  const say = (line: string) => {
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    process.stdout.write(`${id.padEnd(4)}${seconds.padStart(7)} s  ${line}\n`);
  };
  if (why !== null) {
    say(`!!! NOT TRIED HERE: ${why}`);
    return { id, sentence, missing: why, outcome: null, tookMs: 0 };
  }
  say(sentence);
  try {
    const outcome = await run(SIZE, say);
    for (const violation of outcome.violations) say(`!!! ${violation}`);
    return { id, sentence, missing: null, outcome, tookMs: performance.now() - startedAt };
  } catch (error) {
    say(`!!! ${(error as Error).stack}`);
    const outcome = { tried: '', lost: 0, recoveredInMs: null, notes: [], violations: [String(error)] };
    return { id, sentence, missing: null, outcome, tookMs: performance.now() - startedAt };
  }
}

await main(process.argv.slice(2));
// A fault that failed may have left a socket open.
process.exit();
