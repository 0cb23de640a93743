/** What was observed of a launch, as it is stored, and a report on it: without a server and without a database. */
import type { FlagBody, TargetingBody } from '@dimmer/contract';
import { bucketOf } from '@dimmer/core/histogram';
import type { LaunchMinute } from '../../src/launches/launch-store.ts';
import { type LaunchReport, makeReport } from '../../src/launches/report.ts';
import type { Window } from '../../src/launches/window-record.ts';

const MINUTE = 60_000;
const NOON = Date.UTC(2026, 5, 1, 12);

export type Seen = Partial<LaunchMinute['observation']>;
export type Path = LaunchMinute['observation']['paths'][number];

/** So many calls, of which so many failed, all as long as `tookMs`. */
export function path(
  variation: string,
  name: 'control' | 'candidate',
  role: string,
  calls: number,
  { failed = 0, tookMs = 2, ...more }: Partial<Path> & { readonly failed?: number; readonly tookMs?: number } = {},
): Path {
  return {
    variation,
    path: name,
    role,
    calls,
    errors: failed > 0 ? { TypeError: failed } : {},
    latency: calls > 0 ? [bucketOf(tookMs), calls] : [],
    ...more,
  };
}

/** Control answers and the candidate runs in its shadow. */
export function shadowed(calls: number, candidate: Parameters<typeof path>[4] = {}): Path[] {
  return [path('dark', 'control', 'answer', calls), path('dark', 'candidate', 'shadow', calls, candidate)];
}

export function comparisons(same: number, different = 0, ignored = 0, failed = 0) {
  return { same, different, ignored, failed };
}

/** A row of the minute before noon, by servers, if nothing else is said. */
export function row(seen: Seen, more: Partial<LaunchMinute> = {}): LaunchMinute {
  const none = comparisons(0);
  return {
    project: 'shop',
    environment: 'production',
    flag: 'prices',
    minute: NOON - MINUTE,
    audience: 'server',
    observation: { paths: [], compared: none, noise: none, shed: {}, clusters: [], ...seen },
    ...more,
  };
}

interface Asked extends Partial<Window> {
  /** Percent by variation. Default: all are dark. */
  readonly served?: Readonly<Record<string, number>>;
  readonly type?: 'launch' | 'migration';
  readonly before?: readonly LaunchMinute[];
  readonly targeting?: Partial<TargetingBody>;
}

/** The report on the hour before noon. */
export function reportOn(rows: readonly LaunchMinute[], asked: Asked = {}): Promise<LaunchReport> {
  const { served = { dark: 100 }, type = 'launch', before = [], targeting, ...window } = asked;
  const slices = Object.entries(served).map(([variation, percent]) => ({ variation, parts: percent * 1_000 }));
  const subject = {
    flag: { key: 'prices', type } as FlagBody,
    targeting: { on: true, off: 'off', rules: [], fallthrough: { slices }, ...targeting } as unknown as TargetingBody,
    environment: 'production',
    from: NOON - 60 * MINUTE,
    to: NOON,
    audience: 'all' as const,
    filter: {},
    ...window,
  };
  return makeReport(subject, each(rows), () => each(before));
}

async function* each(rows: readonly LaunchMinute[]): AsyncGenerator<LaunchMinute> {
  yield* rows;
}
