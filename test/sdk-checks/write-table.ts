/** Runs every test of the checks, and writes docs/sdk-checks.md: number, what, test, result. `npm run sdk-checks` */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { REMARKS, SECTIONS } from './checks.ts';
import { ELSEWHERE, type Place } from './elsewhere.ts';
import { isTitled, numbersOf } from './numbered-tests.ts';

const root = new URL('../..', import.meta.url).pathname;
const OWN = [
  'test/sdk-checks',
  'test/browser/sdk.test.ts',
  'test/browser/tabs.test.ts',
  'test/browser/page-lifecycle.test.ts',
  'test/browser/page-checks.test.ts',
  'test/browser/page-safety.test.ts',
];
/** Where a test is run that is written as a program. */
const RUN_BY: Readonly<Record<string, string>> = {
  'test/faults/restored-backup.ts': 'test/faults/short-server.test.ts',
};

/** One test that ran. */
interface Ran {
  readonly file: string;
  readonly titles: readonly string[];
  readonly passed: boolean;
  readonly skipped: boolean;
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly assertionResults: readonly { ancestorTitles: string[]; title: string; status: string }[];
  }[];
}

async function runTests(): Promise<Ran[]> {
  const folder = await mkdtemp(join(tmpdir(), 'dimmer-checks-'));
  const outputFile = join(folder, 'report.json');
  const listed = Object.values(ELSEWHERE).flatMap((places) => places.map(([file]) => RUN_BY[file] ?? file));
  const args = ['vitest', 'run', ...new Set([...OWN, ...listed]), '--reporter=json', `--outputFile=${outputFile}`];
  // The table says what holds on this machine, its times as well.
  const env = { ...process.env, DIMMER_TIMED: '1' };
  const child = spawn('npx', args, { cwd: root, env, stdio: ['ignore', 'inherit', 'inherit'] });
  await once(child, 'close');
  const { testResults } = JSON.parse(await readFile(outputFile, 'utf8')) as Report;
  await rm(folder, { recursive: true, force: true });
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.map(({ ancestorTitles, title, status }) => ({
      file: relative(root, name),
      titles: [...ancestorTitles, title],
      passed: status === 'passed',
      skipped: status !== 'passed' && status !== 'failed',
    })),
  );
}

/** The tests of a check, in the order in which a reader wants them. */
function testsOf(number: number, ran: readonly Ran[]): readonly Ran[] {
  const own = ran.filter(({ titles }) => titles.some((title) => numbersOf(title).includes(number)));
  const listed = (ELSEWHERE[number] ?? []).flatMap((place) => ran.filter((test) => isPlaced(test, place)));
  return [...new Set([...own, ...listed])];
}

function isPlaced({ file, titles }: Ran, [written, title]: Place): boolean {
  const last = titles.at(-1) ?? '';
  // A program's sentence comes after its id.
  return RUN_BY[written] === file ? last.endsWith(title) : file === written && isTitled(last, title);
}

function resultOf(tests: readonly Ran[]): string {
  if (tests.length === 0) return '**no test ran**';
  const failed = tests.filter(({ passed, skipped }) => !passed && !skipped).length;
  const skipped = tests.filter((test) => test.skipped).length;
  if (failed > 0) return `**${failed} of ${tests.length} failed**`;
  return `${tests.length - skipped} passed${skipped ? `, ${skipped} skipped` : ''}`;
}

/** Files, each with the tests in it, named by what they say first. */
function namesOf(tests: readonly Ran[], number: number): string {
  const byFile = new Map<string, string[]>();
  for (const { file, titles } of tests) {
    const named = titles.find((title) => numbersOf(title).includes(number)) ?? titles.at(-1) ?? '';
    byFile.set(file, [...(byFile.get(file) ?? []), named.replace(/^[\d, ]+:? /, '').replaceAll('|', '\\|')]);
  }
  const lines = [...byFile].map(([file, titles]) => {
    const further = new Set(titles).size - 1;
    return `[${titles[0]}](../${file})${further > 0 ? `, and ${further} more` : ''}`;
  });
  return lines.join('<br>');
}

function tableOf(ran: readonly Ran[]): string {
  const rows = SECTIONS.flatMap(({ name, checks }) => [
    `\n## ${name}\n\n| number | what | test | result |\n|---|---|---|---|`,
    ...Object.entries(checks).map(([text, what]) => {
      const number = Number(text);
      const tests = testsOf(number, ran);
      const remark = REMARKS[number] ? ` (${REMARKS[number]})` : '';
      return `| ${number} | ${what}${remark} | ${namesOf(tests, number)} | ${resultOf(tests)} |`;
    }),
  ]);
  return `# What the SDKs survive

Written by \`npm run sdk-checks\`, which runs the tests that it names. A test's title begins with the number of its check; tests that a package has anyway are named where they are. What both SDKs share is tested once, by an injected clock; Node by real sockets, through a [proxy](../test/faults/fault-proxy/fault.ts) that does to connections what networks do; browsers in Chromium.
${rows.join('\n')}
`;
}

const ran = await runTests();
await writeFile(join(root, 'docs/sdk-checks.md'), tableOf(ran));
