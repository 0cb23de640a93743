/**
 * What weighing costs a write, in a project of 5,000 flags and three environments: `npm run bench:weight`. The same
 * writes are timed whole and in the part that weighs; beside them what encoding the whole ruleset anew would take.
 */
import { ChangeLog } from '../../server/src/change-log/change-log.ts';
import { createEnvironment } from '../../server/src/commands/environments.ts';
import { createFlag, updateFlag } from '../../server/src/commands/flags.ts';
import { createProject } from '../../server/src/commands/projects.ts';
import { rollOut } from '../../server/src/commands/rollout.ts';
import { RulesetWeights } from '../../server/src/encoding/ruleset-weights.ts';
import { RulesetView } from '../../server/src/ruleset/ruleset-view.ts';
import { SqliteDatabase } from '../../server/src/store/sqlite/database.ts';
import { SqliteStore } from '../../server/src/store/sqlite/sqlite-store.ts';
import { describeMachine } from './machine.ts';

const FLAGS = 5_000;
const WRITES = 300;
const ENVIRONMENTS = ['development', 'staging', 'production'];
const ACTOR = { kind: 'system', id: 'bench', name: 'Bench' } as const;

const log = await ChangeLog.open(new SqliteStore(SqliteDatabase.open(':memory:')));
const act = (command: Parameters<typeof log.execute>[0]) => log.execute(command, { actor: ACTOR });
await act(createProject({ key: 'shop' }));
for (const key of ENVIRONMENTS) await act(createEnvironment('shop', { key }));
for (let flag = 0; flag < FLAGS; flag += 1) await act(createFlag('shop', { key: `flag-${flag}` }));

const weigh = RulesetWeights.prototype.weigh;
let weighedMs: number[] = [];
RulesetWeights.prototype.weigh = function timed(drafts) {
  const startedAt = performance.now();
  const found = weigh.call(this, drafts);
  weighedMs.push(performance.now() - startedAt);
  return found;
};

const lines = ['| write | whole, p50 | p99 | weighing, p50 | p99 |', '|---|---|---|---|---|'];
for (const [name, command] of [
  [
    'a rollout in one environment',
    (index: number) =>
      rollOut({ project: 'shop', flag: `flag-${index}`, environment: 'production' }, { percent: 1 + (index % 99) }),
  ],
  [
    'a flag’s description, in three environments',
    (index: number) => updateFlag('shop', `flag-${index}`, { description: `write ${index}` }),
  ],
] as const) {
  weighedMs = [];
  const wholeMs: number[] = [];
  for (let index = 0; index < WRITES; index += 1) {
    const startedAt = performance.now();
    await act(command(index));
    wholeMs.push(performance.now() - startedAt);
  }
  lines.push(`| ${[name, at(wholeMs, 0.5), at(wholeMs, 0.99), at(weighedMs, 0.5), at(weighedMs, 0.99)].join(' | ')} |`);
}

const fresh = new RulesetWeights(log.state);
const [firstMs] = timed(() => fresh.total('shop', 'production'));
const whole = new RulesetView(log.state, { project: 'shop', environment: 'production', audience: 'server' });
const [encodeMs, text] = timed(() => whole.snapshotJson());
const [byteMs, bytes] = timed(() => Buffer.byteLength(text));
lines.push(
  '',
  `${FLAGS} flags, ${bytes} bytes. Added up from remembered sizes: ${text3(firstMs)}; the whole put together from kept texts: ${text3(encodeMs + byteMs)}.`,
);
process.stdout.write(`${describeMachine()}\n\n${lines.join('\n')}\n`);

function timed<Result>(work: () => Result): [number, Result] {
  const startedAt = performance.now();
  const result = work();
  return [performance.now() - startedAt, result];
}

function at(samples: readonly number[], share: number): string {
  return text3([...samples].sort((one, other) => one - other)[Math.floor(samples.length * share)] ?? 0);
}

function text3(ms: number): string {
  return `${ms.toFixed(3)} ms`;
}
