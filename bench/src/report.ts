import type { BundleSize } from './bundle-size.ts';
import { LOADED_FLAGS, type Loading } from './loading.ts';
import { describeMachine, nameWithVersion } from './machine.ts';
import { markdownTable, readable } from './markdown.ts';
import type { Participant } from './participant.ts';
import type { Effort, Timing, Timings } from './rounds.ts';
import type { Scenario } from './scenarios.ts';

const OURS = 'Dimmer';
const MAP_GET = 'Map.get';

/** The goals that are not ratios to a peer. */
const MAP_GET_TIMES = 1.5;
const PARSE_TIMES = 2;
const RETAINED_MB = 15;
const BUNDLE_BYTES = 5_120;

export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly timings: Timings;
}

export interface Results {
  readonly participants: readonly Participant[];
  readonly effort: Effort;
  readonly scenarios: readonly ScenarioResult[];
  /** Bytes allocated per call of the first scenario. */
  readonly bytes: ReadonlyMap<string, number>;
  readonly loading: ReadonlyMap<string, Loading>;
  readonly bundles: readonly BundleSize[];
}

/** The whole report as markdown. */
export function writeReport(results: Results): string {
  const { rounds, pace } = results.effort;
  return [
    describeMachine(),
    `CPU nanoseconds per call: the median of ${rounds} rounds, each the median of ${pace.batches} batches of about ${pace.batchMs} ms after ${pace.warmUpMs} ms of warm-up, every participant in a process of its own; in brackets the fastest and the slowest round. The user changes on every call.`,
    `## Against the fastest peer\n\n${verdictTable(results)}`,
    `## All figures\n\n${figureTable(results)}`,
    `## ${LOADED_FLAGS.toLocaleString('en-GB')} flags: text to ready\n\n${loadingTable(results)}`,
    `## Browser bundle\n\n${bundleTable(results.bundles)}`,
    `## How each was set up\n\n${results.participants.map((one) => `- ${nameWithVersion(one)}: ${one.setUp}`).join('\n')}`,
  ].join('\n\n');
}

function verdictTable(results: Results): string {
  const rows = results.scenarios.map(({ scenario, timings }) => {
    const ours = timings.get(OURS) ?? NOBODY;
    const shipped = fastest(results.participants, timings, (one) => one.asShipped);
    const tuned = fastest(results.participants, timings, () => true);
    const ratio = (value: number) => shipped.value / value;
    const { targetRatio } = scenario;
    return [
      `${scenario.key} ${scenario.title}`,
      spread(ours),
      `${shipped.name} ${readable(shipped.value)}`,
      `${ratio(ours.median).toFixed(1)} ×`,
      `≥ ${targetRatio} ×`,
      verdict(ratio(ours.most) >= targetRatio, ratio(ours.least) >= targetRatio),
      tuned.name === shipped.name ? '' : `${(tuned.value / ours.median).toFixed(1)} × to ${tuned.name}`,
    ];
  });
  return markdownTable(
    ['what', 'Dimmer ns', 'fastest peer as shipped, ns', 'ratio', 'target', '', 'a peer without its events'],
    [...rows, ...floorRows(results), ...loadingRows(results), ...bundleRows(results)],
  );
}

function floorRows(results: Results): string[][] {
  const timings = results.scenarios.find(({ scenario }) => scenario.key === 'a')?.timings;
  const ours = timings?.get(OURS);
  const map = timings?.get(MAP_GET)?.median;
  const bytes = results.bytes.get(OURS);
  const rows: string[][] = [];
  if (ours && map) {
    rows.push([
      'a beside a bare Map.get',
      spread(ours),
      `Map.get ${readable(map)}`,
      `${(ours.median / map).toFixed(2)} ×`,
      `≤ ${MAP_GET_TIMES} ×`,
      verdict(ours.most / map <= MAP_GET_TIMES, ours.least / map <= MAP_GET_TIMES),
    ]);
  }
  if (bytes !== undefined) {
    rows.push(['a bytes allocated per call', '', '', bytes.toFixed(3), '0', verdict(Math.abs(bytes) < 0.01)]);
  }
  return rows;
}

function loadingRows(results: Results): string[][] {
  const ours = results.loading.get(OURS);
  if (!ours) return [];
  const times = ours.readyMs / ours.parseMs;
  return [
    [
      'h 10,000 flags, text to ready',
      `${readable(ours.readyMs)} ms`,
      `JSON.parse ${readable(ours.parseMs)} ms`,
      `${times.toFixed(2)} ×`,
      `≤ ${PARSE_TIMES} ×`,
      verdict(times <= PARSE_TIMES),
    ],
    [
      'h retained when ready',
      '',
      '',
      `${readable(ours.readyMb)} MB`,
      `≤ ${RETAINED_MB} MB`,
      verdict(ours.readyMb <= RETAINED_MB),
    ],
    // Flags are compiled at their first use, so this is what they come to for a process that uses all of them.
    ['h retained once every flag was asked', '', '', `${readable(ours.allMb)} MB`, '', ''],
  ];
}

function bundleRows(results: Results): string[][] {
  const ours = results.bundles.find((bundle) => bundle.what === OURS);
  if (!ours) return [];
  const size = `${readable(ours.gzipBytes)} B`;
  return [
    ['i browser bundle, gzip', '', '', size, `≤ ${readable(BUNDLE_BYTES)} B`, verdict(ours.gzipBytes <= BUNDLE_BYTES)],
  ];
}

/** `worst` and `best`: whether the slowest and the fastest round reach the goal; without rounds there is but one. */
function verdict(worst: boolean, best = worst): string {
  if (worst) return 'reached';
  return best ? 'not in every run' : 'falls short';
}

const NOBODY = { median: Number.NaN, least: Number.NaN, most: Number.NaN };

/** The median, and the fastest and slowest round. */
function spread({ median, least, most }: Timing): string {
  return `${readable(median)} (${readable(least)}–${readable(most)})`;
}

function fastest(
  participants: readonly Participant[],
  timings: Timings,
  counts: (participant: Participant) => boolean,
): { name: string; value: number } {
  let best = { name: 'nobody', value: Number.NaN };
  for (const participant of participants) {
    const value = timings.get(participant.name)?.median;
    if (participant.role !== 'peer' || value === undefined || !counts(participant)) continue;
    if (!(value >= best.value)) best = { name: participant.name, value };
  }
  return best;
}

function figureTable(results: Results): string {
  const header = ['', ...results.scenarios.map(({ scenario }) => scenario.key), 'a: bytes'];
  const rows = results.participants.map(({ name }) => [
    name,
    ...results.scenarios.map(({ timings }) => cell(timings.get(name)?.median)),
    cell(results.bytes.get(name)),
  ]);
  return markdownTable(header, rows);
}

function loadingTable(results: Results): string {
  const header = [
    '',
    'text MB',
    'JSON.parse ms',
    'ready ms',
    '× parse',
    'retained MB',
    'then all flags once ms',
    'retained MB',
  ];
  const rows = [...results.loading].map(([name, one]) => [
    name,
    readable(one.textMb),
    readable(one.parseMs),
    readable(one.readyMs),
    (one.readyMs / one.parseMs).toFixed(2),
    readable(one.readyMb),
    readable(one.allMs),
    readable(one.allMb),
  ]);
  return markdownTable(header, rows);
}

function bundleTable(bundles: readonly BundleSize[]): string {
  const rows = bundles.map((one) => [one.what, readable(one.minifiedBytes), readable(one.gzipBytes)]);
  return markdownTable(['', 'minified bytes', 'gzip bytes'], rows);
}

function cell(value: number | undefined): string {
  return value === undefined ? '—' : readable(value);
}
