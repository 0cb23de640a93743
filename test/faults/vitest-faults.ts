import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FaultOutcome } from './fault.ts';
import type { FaultRow } from './fault-table.ts';

const root = new URL('../..', import.meta.url).pathname;

/** What vitest's JSON says of one test, as far as it matters here. */
interface TestResult {
  readonly title: string;
  readonly status: 'passed' | 'failed' | 'skipped' | 'pending' | 'todo' | 'disabled';
  readonly duration?: number | null;
  readonly failureMessages?: readonly string[];
  readonly meta?: { readonly fault?: Partial<FaultOutcome> };
}

/**
 * Runs the faults that are tests: those below `test/faults/` whose titles begin with an id, as in `F13 …`, with
 * `DIMMER_FAULTS=long`. A test says what it found by `task.meta.fault = { tried, lost, recoveredInMs, notes }`, any part
 * of it.
 *
 * @param ids which; empty: all
 * @param without ids that are programs, and have been run as such
 */
export async function runVitestFaults(ids: readonly string[], without: readonly string[]): Promise<FaultRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'dimmer-faults-'));
  const report = join(folder, 'report.json');
  const wanted = ids.length > 0 ? `(^| )(${ids.join('|')}) ` : '(^| )F\\d+ ';
  try {
    const args = [
      'vitest',
      'run',
      'test/faults',
      '--exclude',
      '**/short-*.test.ts',
      '-t',
      wanted,
      '--no-file-parallelism',
    ];
    await ended(
      spawn('npx', [...args, '--reporter=json', `--outputFile=${report}`], {
        cwd: root,
        env: { ...process.env, DIMMER_FAULTS: 'long' },
        stdio: ['ignore', 'inherit', 'inherit'],
      }),
    );
    const { testResults } = JSON.parse(await readFile(report, 'utf8')) as {
      testResults: { assertionResults: TestResult[]; message: string; name: string; status: string }[];
    };
    const broken = testResults
      .filter(({ assertionResults, status }) => status === 'failed' && assertionResults.length === 0)
      .map(({ name, message }) => row('?', `${name.replace(root, '')} cannot be run`, message));
    const tests = testResults.flatMap(({ assertionResults }) => assertionResults.map(rowOf));
    const found = tests.filter((each): each is FaultRow => each !== null && !without.includes(each.id));
    return [...found.filter(({ id }) => ids.length === 0 || ids.includes(id)), ...broken];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function ended(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    // How it went is in the report.
    child.once('exit', () => resolve());
  });
}

function rowOf({ title, status, failureMessages, meta, duration }: TestResult): FaultRow | null {
  const [, id, sentence] = /^(F\d+) (.*)$/s.exec(title) ?? [];
  // Tests that the pattern passes over are "skipped" as well; those that cannot be run here say so by themselves.
  if (id === undefined || sentence === undefined || status === 'pending' || status === 'skipped') return null;
  const violations = status === 'failed' ? (failureMessages ?? ['failed']).map(firstLine) : [];
  const { tried, lost, recoveredInMs, notes } = meta?.fault ?? {};
  return {
    id,
    sentence,
    missing: null,
    tookMs: duration ?? 0,
    outcome: {
      tried: tried ?? '',
      lost: lost ?? 0,
      recoveredInMs: recoveredInMs ?? null,
      notes: notes ?? [],
      violations,
    },
  };
}

function row(id: string, sentence: string, message: string): FaultRow {
  const outcome = { tried: '', lost: 0, recoveredInMs: null, notes: [], violations: [firstLine(message)] };
  return { id, sentence, missing: null, tookMs: 0, outcome };
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
