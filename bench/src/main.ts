/**
 * The speed of a decision beside our peers': `npm run bench`, or `npm run bench -- --quick` for a first impression.
 * `--only b,d` times only these scenarios; `rest` stands for bytes, loading and bundles. The report is printed and written to bench/results/speed.md.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { measureBundles } from './bundle-size.ts';
import { Children } from './children.ts';
import { timeLoading } from './loading.ts';
import { PARTICIPANTS } from './participants.ts';
import { type Results, type ScenarioResult, writeReport } from './report.ts';
import { countBytes, FULL, QUICK, timeScenario } from './rounds.ts';
import { findScenario, SCENARIOS } from './scenarios.ts';
import { openSink } from './sink.ts';

const RESULTS_FOLDER = fileURLToPath(new URL('../results/', import.meta.url));

const REST = 'rest';
const NOTHING = { bytes: new Map(), loading: new Map(), bundles: [] };

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string' },
  },
});

const report = writeReport(await measureAll());
mkdirSync(RESULTS_FOLDER, { recursive: true });
writeFileSync(`${RESULTS_FOLDER}speed.md`, `${report}\n`);
process.stdout.write(`${report}\n`);

async function measureAll(): Promise<Results> {
  const effort = options.quick ? QUICK : FULL;
  const wanted = options.only?.split(',') ?? [...SCENARIOS.map(({ key }) => key), REST];
  const scenarios = wanted.filter((key) => key !== REST).map(findScenario);
  const children = await Children.prepare();
  const sink = await openSink();
  try {
    const timed: ScenarioResult[] = [];
    for (const scenario of scenarios) {
      process.stderr.write(`${scenario.key} ${scenario.title} …\n`);
      timed.push({ scenario, timings: await timeScenario(children, scenario, PARTICIPANTS, sink.url, effort) });
    }
    const rest = wanted.includes(REST) ? await measureRest(children, sink.url, effort) : NOTHING;
    return { participants: PARTICIPANTS, effort, scenarios: timed, ...rest };
  } finally {
    sink.close();
  }
}

/** What is no time per call: bytes, loading, bundles. */
async function measureRest(children: Children, sinkUrl: string, effort: typeof FULL) {
  process.stderr.write('bytes, loading, bundles …\n');
  return {
    bytes: await countBytes(children, findScenario('a'), PARTICIPANTS, sinkUrl, effort),
    loading: await timeLoading(children, PARTICIPANTS, sinkUrl, effort),
    bundles: await measureBundles(),
  };
}
