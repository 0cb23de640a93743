import { count, ms, percent } from './figures.ts';
import type { Rate } from './intervals.ts';
import { readable } from './launch-summary.ts';
import type { PathReport } from './path-report.ts';
import type { LaunchReport, PathComparison } from './report.ts';

const WIDTH = 78;
const SHORT_MS = 10 * 60_000;

/** The report for a terminal: the sentence first, then what it rests on. */
export function reportText(report: LaunchReport): string {
  const { flag, environment, verdict, mismatches, noise, clusters, shed } = report;
  const heading = `${flag} in ${environment}`;
  return [
    [heading, '='.repeat(heading.length), ...wrap(verdict.sentence)].join('\n'),
    head(report),
    section('Paths', pathsTable(report.paths)),
    section('Candidate against control', differencesTable(report.comparisons)),
    section('Compared', comparedTable(mismatches, noise, report.ignored, report.failed)),
    section('Where they differ', clusters.flatMap(clusterLines)),
    section(
      'Shadows that were not run',
      table(
        shed.map(({ cause, count: number, share }) => [cause, count(number), `${percent(share)} of those wanted`]),
        '<>>',
      ),
    ),
    section('Left out for want of room: the figures are without it', leftOutTable(report.leftOut)),
    section(
      'What else stands against it',
      verdict.reasons.slice(1).flatMap(({ sentence }) => wrap(sentence, '  - ', '    ')),
    ),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function head({ from, to, shares, rules, on, killed, dials, audience, audiences, type }: LaunchReport): string {
  const served = shares.map(({ variation, percent: share }) => `${variation} ${share} %`).join(', ');
  const dialled = Object.entries(dials).map(
    ([name, value]) => `${name} ${Array.isArray(value) ? value.join(' ') : value}`,
  );
  return table(
    [
      ['window', windowText(from, to)],
      [
        type === 'migration' ? 'stage' : 'served',
        `${served}${on ? '' : ' (off)'}${rules > 0 ? `, and ${rules} rules before` : ''}`,
      ],
      ...(dialled.length > 0 ? [['dials', dialled.join(', ')]] : []),
      ...(killed ? [['killed', `by ${readable(killed.by)}, ${instant(killed.at)}: ${readable(killed.reason)}`]] : []),
      ...(audiences.browser > 0 || audience !== 'all'
        ? [['calls of', `servers ${count(audiences.server)}, browsers ${count(audiences.browser)}${only(audience)}`]]
        : []),
    ],
    '<<',
  ).join('\n');
}

function leftOutTable({ summaries, calls, times, units, samples }: LaunchReport['leftOut']): string[] {
  const parts: readonly (readonly [string, number])[] = [
    ['reports of SDKs', summaries],
    ['calls of further paths', calls],
    ['times of calls', times],
    ['people who met with an error', units],
    ['samples', samples],
  ];
  return table(
    parts.filter(([, number]) => number > 0).map(([what, number]) => [what, count(number)]),
    '<>',
  );
}

function only(audience: LaunchReport['audience']): string {
  return audience === 'all' ? '' : `; all below is of ${audience}s only`;
}

function pathsTable(paths: readonly PathReport[]): string[] {
  if (paths.length === 0) return [];
  const hasCpu = paths.some(({ cpuMs }) => cpuMs !== null);
  const header = ['', 'calls', 'errors', '95 %', 'p50', 'p95', 'p99', ...(hasCpu ? ['cpu p50', 'cpu p99'] : [])];
  const rows = [...paths].sort(inReadingOrder).map((path) => {
    const { operation, variation, path: name, role, calls, errors, latencyMs, cpuMs } = path;
    return [
      `${variation}: ${operation ? `${operation} ` : ''}${name}${role === 'answer' ? '' : ` (${role})`}`,
      count(calls),
      percent(errors.rate),
      interval(errors),
      ...[latencyMs?.p50, latencyMs?.p95, latencyMs?.p99, ...(hasCpu ? [cpuMs?.p50, cpuMs?.p99] : [])].map(ms),
    ];
  });
  const classes = paths
    .filter(({ errors }) => errors.count > 0)
    .map(({ variation, path, role, errorClasses, errorUnits }) => {
      const named = Object.entries(errorClasses)
        .slice(0, 5)
        .map(([name, number]) => `${name} ${count(number)}`);
      const people = errorUnits > 0 ? `; met by ${count(errorUnits)} people` : '';
      return `  ${variation}: ${path} (${role}) failed with ${named.join(', ')}${people}`;
    });
  return [...table([header, ...rows], `<${'>'.repeat(header.length - 1)}`), ...classes];
}

function differencesTable(comparisons: readonly PathComparison[]): string[] {
  if (comparisons.length === 0) return [];
  const header = ['', 'errors', '95 %', 'p50', 'p95', 'p99'];
  const rows = comparisons.map(({ variation, operation, control, errors, latencyMs, latencyRatio }) => {
    const against = control.variation === variation ? '' : ` (against ${control.variation})`;
    const latency = (['p50', 'p95', 'p99'] as const).map((name) =>
      latencyMs && latencyRatio ? `${signed(latencyMs[name], ms)} ×${times(latencyRatio[name])}` : '–',
    );
    const interval = errors.difference === null ? '' : `${points(errors.low)} – ${points(errors.high)}`;
    const name = `${variation}${operation ? ` ${operation}` : ''}${against}`;
    return [name, points(errors.difference), interval, ...latency];
  });
  return table([header, ...rows], '<>>>>>');
}

/** 1.04, 21.4, 380 */
function times(ratio: number): string {
  return ratio >= 9.995 ? String(Number(ratio.toPrecision(3))) : ratio.toFixed(2);
}

function points(difference: number | null): string {
  return difference === null ? '–' : signed(difference, percent);
}

function signed(number: number, shown: (number: number) => string): string {
  return `${number > 0 ? '+' : number < 0 ? '−' : '±'}${shown(Math.abs(number))}`;
}

function inReadingOrder(one: PathReport, other: PathReport): number {
  const key = ({ variation, operation, path, role }: PathReport) =>
    `${variation} ${operation} ${path === 'control' ? 0 : 1} ${role}`;
  return key(one) < key(other) ? -1 : 1;
}

function comparedTable(mismatches: Rate, noise: Rate, ignored: number, failed: number): string[] {
  if (mismatches.of === 0 && failed === 0) return [];
  const line = (what: string, { count: number, of, rate }: Rate, more: string) => [
    what,
    count(number),
    `of ${count(of)}`,
    percent(rate),
    more,
  ];
  return table(
    [
      line('candidate differs from control', mismatches, interval(mismatches)),
      noise.of > 0
        ? line('control differs from itself', noise, interval(noise))
        : ['control differs from itself', '–', '', '', 'not measured: say `repeatable`'],
      ...(ignored > 0 ? [['only where that is ignored', count(ignored), '', '', '']] : []),
      ...(failed > 0 ? [['could not be compared', count(failed), '', '', '']] : []),
    ],
    '<>>><',
  );
}

function clusterLines({ path, kind, count: number, share, audience, samples }: LaunchReport['clusters'][number]) {
  const whose = audience === 'server' ? '' : `, by ${audience === 'all' ? 'servers’ and ' : ''}browsers’ word`;
  return [
    `  ${path === '' ? '(the whole result)' : path}  ${kind}, ${count(number)} times (${percent(share)})${whose}`,
    ...samples.flatMap(({ control, candidate }) => [`      control    ${control}`, `      candidate  ${candidate}`]),
  ];
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : [title, '-'.repeat(title.length), ...lines].join('\n');
}

/** @param align `<` or `>` for each column */
function table(rows: readonly (readonly string[])[], align: string): string[] {
  const widths = [...align].map((_, column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => (align[column] === '>' ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ')}`.trimEnd(),
  );
}

function interval({ of, low, high }: Rate): string {
  return of === 0 ? '' : `${percent(low)} – ${percent(high)}`;
}

/** Seconds matter in a short window only. */
function windowText(from: number, to: number): string {
  const isShort = to - from < SHORT_MS;
  return `${instant(from, isShort)} – ${instant(to, isShort)}`;
}

function instant(at: number, hasSeconds = false): string {
  const text = new Date(at).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, hasSeconds ? 19 : 16)} UTC`;
}

/** @param first stands before the first line, @param others before all others */
function wrap(sentence: string, first = '', others = ''): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of sentence.split(' ')) {
    if (!isEmpty && line.length + word.length >= WIDTH) {
      lines.push(line);
      line = others;
      isEmpty = true;
    }
    line += (isEmpty ? '' : ' ') + word;
    isEmpty = false;
  }
  return [...lines, line];
}
