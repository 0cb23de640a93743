import { count, ms, percent } from './figures.ts';
import type { Rate } from './intervals.ts';
import { readable } from './launch-summary.ts';
import type { PathComparison } from './path-comparison.ts';
import type { PathReport } from './path-report.ts';
import { heldText, slightText } from './reasons-harm.ts';
import type { LaunchReport } from './report.ts';
import type { ApplicationFigures } from './source-record.ts';
import { section, table, wrap } from './text-layout.ts';

const SHORT_MS = 10 * 60_000;
/** Pairs of windows of which all must say the same before anything is seen: fewer say nothing. */
const ENOUGH_PAIRS = 10;

/** The report for a terminal: the sentence first, then what it rests on. */
export function reportText(report: LaunchReport): string {
  const { flag, environment, verdict, clusters, shed } = report;
  const heading = `${flag} in ${environment}`;
  return [
    [heading, '='.repeat(heading.length), ...wrap(verdict.sentence)].join('\n'),
    verdict.reasons
      .slice(1)
      .flatMap(({ sentence }) => wrap(sentence, '  - ', '    '))
      .join('\n'),
    head(report),
    section('Paths', pathsTable(report.paths)),
    section('Candidate against control', differencesTable(report.comparisons)),
    section('Compared', comparedTable(report)),
    section('Where they differ', clusters.flatMap(clusterLines)),
    section('Whether callers feel the shadows', harmTable(report.harm, report.shadows)),
    section(
      'Shadows that were wanted and not run',
      table(
        shed.map(({ cause, words, count: number, share }) => [cause, count(number), percent(share), words]),
        '<>><',
      ),
    ),
    section('By application and version', applicationsTable(report)),
    section('Further candidates', candidatesTable(report)),
    section('Left out for want of room: the figures are without it', leftOutTable(report.leftOut)),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
    .concat('\n');
}

function head(report: LaunchReport): string {
  const { from, to, since, filter, shares, rules, on, killed, dials, audience, audiences, type, edgeCalls } = report;
  const only = Object.entries(filter).filter(([, value]) => value !== null);
  const served = shares.map(({ variation, percent: share }) => `${variation} ${share} %`).join(', ');
  const dialled = Object.entries(dials).map(
    ([name, value]) => `${name} ${Array.isArray(value) ? value.join(' ') : value}`,
  );
  return table(
    [
      ['window', `${windowText(from, to)}${since ? `, since revision ${since.revision} changed its rules` : ''}`],
      ...(only.length > 0
        ? [['only', only.map(([part, value]) => `${part} ${readable(value ?? '')}`).join(', ')]]
        : []),
      ...(edgeCalls > 0 && isShort(report)
        ? [['edges', `${count(edgeCalls)} calls were reported in one piece across them, and are not counted`]]
        : []),
      [
        type === 'migration' ? 'stage' : 'served',
        `${served}${on ? '' : ' (off)'}${rules > 0 ? `, and ${rules} rules before` : ''}`,
      ],
      ...(dialled.length > 0 ? [['dials', dialled.join(', ')]] : []),
      ...(killed ? [['killed', `by ${readable(killed.by)}, ${instant(killed.at)}: ${readable(killed.reason)}`]] : []),
      ...(audiences.browser > 0 || audience !== 'all'
        ? [['calls of', `servers ${count(audiences.server)}, browsers ${count(audiences.browser)}${onlyOf(audience)}`]]
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

function onlyOf(audience: LaunchReport['audience']): string {
  return audience === 'all' ? '' : `; all below is of ${audience}s only`;
}

function pathsTable(paths: readonly PathReport[]): string[] {
  if (paths.length === 0) return [];
  const hasCpu = paths.some(({ cpuMs }) => cpuMs !== null);
  const hangs = paths.some(({ hanging }) => hanging > 0);
  const header = [
    '',
    'calls',
    ...(hangs ? ['hanging'] : []),
    'errors',
    '95 %',
    'p50',
    'p95',
    'p99',
    ...(hasCpu ? ['cpu p50', 'cpu p99'] : []),
  ];
  const rows = [...paths].sort(inReadingOrder).map((path) => {
    const { operation, variation, path: name, role, calls, hanging, errors, latencyMs, cpuMs } = path;
    return [
      `${variation}: ${operation ? `${operation} ` : ''}${name}${role === 'answer' ? '' : ` (${role})`}`,
      count(calls),
      ...(hangs ? [count(hanging)] : []),
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
  const rows = comparisons.map(({ variation, operation, control, errors, latencyMs, latencyRatio, against: where }) => {
    const who = where === 'before' ? `${control.variation} before` : control.variation;
    const against = where === 'beside' ? '' : ` (against ${who})`;
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

function comparedTable({ mismatches, noise, ignored, ignoredWhole, failed, notCompared }: LaunchReport): string[] {
  if (mismatches.of === 0 && failed === 0) return [];
  const line = (what: string, { count: number, of, rate }: Rate, more: string) => [
    what,
    count(number),
    `of ${count(of)}`,
    percent(rate),
    more,
  ];
  const whole = mismatches.of + failed;
  return table(
    [
      line('candidate differs from control', mismatches, interval(mismatches)),
      noise.of > 0
        ? line('control differs from itself', noise, interval(noise))
        : ['control differs from itself', '–', '', '', 'not measured: say `repeatable`'],
      ...(ignored > 0
        ? [
            [
              'only where that is ignored',
              count(ignored),
              `of ${count(mismatches.of)}`,
              percent(ignored / mismatches.of),
              '',
            ],
          ]
        : []),
      ...(ignoredWhole > 0
        ? [['  and hold nothing else', count(ignoredWhole), '', percent(ignoredWhole / mismatches.of), '']]
        : []),
      ...(failed > 0 ? [['not compared', count(failed), `of ${count(whole)}`, percent(failed / whole), '']] : []),
      ...notCompared.map(({ words, count: number, share }) => [`  ${words}`, count(number), '', percent(share), '']),
    ],
    '<>>><',
  );
}

function harmTable(harm: LaunchReport['harm'], shadows: number): string[] {
  if (shadows === 0 && !harm) return [];
  if (!harm) return ['  not known: too few shadows have run beside calls to say, or the SDK does not tell'];
  const { withMs, withoutMs, worse, better } = harm;
  const line = (what: string, quantiles: typeof withMs) => [
    what,
    ms(quantiles?.p50),
    ms(quantiles?.p95),
    ms(quantiles?.p99),
  ];
  return [
    ...table(
      [['control', 'p50', 'p95', 'p99'], line('while shadows run', withMs), line('while none does', withoutMs)],
      '<>>>',
    ),
    ...wrap(
      `${verdictOnHarm(harm)}: control was slower with them in ${count(worse)} of ${count(worse + better)} pairs of windows; ${heldText(harm)}.`,
      '  ',
      '  ',
    ),
    ...(slightText(harm) ? wrap(`But ${slightText(harm)}.`, '  ', '  ') : []),
  ];
}

function verdictOnHarm({ seen, hold, worse, better }: NonNullable<LaunchReport['harm']>): string {
  if (seen || hold) return 'Callers feel them';
  return worse + better < ENOUGH_PAIRS
    ? 'Not known yet whether callers feel them'
    : 'Nothing shows that callers feel them';
}

/** `--candidate` gives the report on one of them. */
function candidatesTable({ candidates }: LaunchReport): string[] {
  const rows = candidates.map(({ candidate, calls, errors, compared, different }) => [
    readable(candidate),
    count(calls),
    percent(calls > 0 ? errors / calls : null),
    percent(compared > 0 ? different / compared : null),
  ]);
  return rows.length === 0 ? [] : table([['', 'calls', 'errors', 'differ'], ...rows], '<>>>');
}

/** Worth a table where there is more than one of them. */
function applicationsTable({ applications }: LaunchReport): string[] {
  if (applications.length < 2) return [];
  const row = ({ application, version, calls, errors, compared, different }: ApplicationFigures) => [
    [application ?? '(no name)', ...(version === null ? [] : [version])].map(readable).join(' '),
    count(calls),
    percent(calls > 0 ? errors / calls : null),
    count(compared),
    percent(compared > 0 ? different / compared : null),
  ];
  return table([['newest first', 'calls', 'errors', 'compared', 'different'], ...applications.map(row)], '<>>>>');
}

function clusterLines({ path, kind, count: number, share, audience, samples }: LaunchReport['clusters'][number]) {
  const whose = audience === 'server' ? '' : `, by ${audience === 'all' ? 'servers’ and ' : ''}browsers’ word`;
  return [
    `  ${path === '' ? '(the whole result)' : path}  ${kind}, ${count(number)} times (${percent(share)})${whose}`,
    ...samples.flatMap(({ control, candidate }) => [`      control    ${control}`, `      candidate  ${candidate}`]),
  ];
}

function interval({ of, low, high }: Rate): string {
  return of === 0 ? '' : `${percent(low)} – ${percent(high)}`;
}

/** Seconds matter in a short window only. */
function windowText(from: number, to: number): string {
  const hasSeconds = isShort({ from, to });
  return `${instant(from, hasSeconds)} – ${instant(to, hasSeconds)}`;
}

function isShort({ from, to }: Pick<LaunchReport, 'from' | 'to'>): boolean {
  return to - from < SHORT_MS;
}

function instant(at: number, hasSeconds = false): string {
  const text = new Date(at).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, hasSeconds ? 19 : 16)} UTC`;
}
