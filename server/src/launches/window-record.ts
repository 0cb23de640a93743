import type { Audience } from '@dimmer/core';
import { HarmRecord } from './harm-report.ts';
import type { LaunchMinute } from './launch-store.ts';
import type { Cluster } from './launch-summary.ts';
import { type Observation, Observed } from './observed.ts';
import { isNarrowed, matches, type Source, type SourceFilter } from './source.ts';
import { SourceRecord } from './source-record.ts';

const MINUTE_MS = 60_000;
/** Points of the series at most; a longer window has points of several minutes. */
const POINTS_SHOWN = 1_500;
/** What was reported in one piece may reach over the edge of a window by so much: clocks are not exact. */
const MOST_OVER_EDGE_MS = 1_000;

/** What a report is about. Instants are ms since 1970. */
export interface Window {
  readonly from: number;
  readonly to: number;
  /** Only what was decided by the rules of this change or of later ones. */
  readonly since?: { readonly revision: number; readonly at: number } | undefined;
  /** Only what servers, or only what browsers, say. */
  readonly audience: Audience | 'all';
  readonly filter: SourceFilter;
}

/** One point of the series. */
export interface Point {
  readonly minute: number;
  readonly calls: number;
  readonly errors: number;
  readonly compared: number;
  readonly different: number;
}

/** All that was observed within a window, row by row. */
export class WindowRecord {
  /** What is taken for granted is what servers say: a holder of a browser key may make theirs up. */
  readonly #by: Readonly<Record<Audience, Observed>> = { server: new Observed(), browser: new Observed() };
  readonly harm = new HarmRecord();
  readonly sources = new SourceRecord();
  /** Calls by who reported them, whatever audience was asked for. */
  readonly audiences = { server: 0, browser: 0 };
  /** Calls that were reported in one piece with others outside the window, and are not counted therefore. */
  edgeCalls = 0;
  readonly stepMs: number;
  readonly #window: Window;
  readonly #clusterAudiences = new Map<string, Audience | 'all'>();
  readonly #points = new Map<number, { -readonly [Field in keyof Point]: number }>();

  constructor(window: Window) {
    this.#window = window;
    this.stepMs = Math.max(1, Math.ceil((window.to - window.from) / MINUTE_MS / POINTS_SHOWN)) * MINUTE_MS;
  }

  /** Series of the window, oldest first. */
  get points(): readonly Point[] {
    return [...this.#points.values()];
  }

  /** What servers say alone; undefined if nothing else was said, or wanted. */
  get servers(): Observed | undefined {
    const { server, browser } = this.#by;
    return server.paths.size > 0 && browser.paths.size > 0 ? server : undefined;
  }

  /** What servers and browsers say. */
  total(): Observed {
    const total = new Observed();
    for (const observed of Object.values(this.#by)) total.add(observed.toObservation());
    return total;
  }

  /** Who reported these differences. */
  audienceOf(cluster: Pick<Cluster, 'path' | 'kind'>): Audience | 'all' {
    return this.#clusterAudiences.get(clusterKey(cluster)) ?? 'all';
  }

  /** Rows must come by their minutes. */
  add(row: LaunchMinute): void {
    const { minute, audience } = row;
    const { audience: wanted, filter } = this.#window;
    const place = this.#placeOf(row);
    if (place === 'outside') return;
    const isWanted = wanted === 'all' || wanted === audience;
    const { source } = row.observation;
    if (source?.candidate !== undefined) {
      if (isWanted && place === 'inside') this.sources.addCandidate(source, row.observation);
      if (source.candidate !== filter.candidate) return;
    }
    const isOfAnother = filter.candidate !== source?.candidate;
    const observation = isOfAnother ? controlOf(row.observation) : row.observation;
    if (place === 'edge') {
      if (isWanted) this.edgeCalls += callsOf(observation);
      return;
    }
    this.audiences[audience] += callsOf(observation);
    if (!isWanted) return;
    if (source && !isOfAnother) this.sources.add(source, observation);
    if (isNarrowed(filter) && !matches(source ?? NOBODY, filter)) return;
    this.#by[audience].add(observation);
    // A holder of a browser key must not be able to say that callers are harmed, nor that they are not.
    if (audience === 'server' || wanted === 'browser') this.harm.add(minute, observation.switchback);
    for (const cluster of observation.clusters) {
      const key = clusterKey(cluster);
      const whose = this.#clusterAudiences.get(key) ?? audience;
      this.#clusterAudiences.set(key, whose === audience ? audience : 'all');
    }
    this.#addPoint(minute, observation);
  }

  #placeOf({ minute, observation: { source } }: LaunchMinute): 'inside' | 'edge' | 'outside' {
    const { from, to, since } = this.#window;
    // Rows of before say no more than their minute, which may not be over.
    const whole = { first: minute, last: Math.min(minute + MINUTE_MS, to), revision: undefined };
    const { first, last, revision } = source ?? whole;
    const isByRevision = since !== undefined && revision !== undefined;
    if (last < from || first > to || (isByRevision && revision < since.revision)) return 'outside';
    const over = Math.min(MOST_OVER_EDGE_MS, (last - first) / 2);
    const isLate = last - over > to;
    return isLate || (!isByRevision && first + over < from) ? 'edge' : 'inside';
  }

  #addPoint(minute: number, { paths, compared }: Observation): void {
    const start = minute - (minute % this.stepMs);
    const point = this.#points.get(start) ?? { minute: start, calls: 0, errors: 0, compared: 0, different: 0 };
    for (const { calls, errors, role } of paths) {
      if (role === 'noise') continue;
      point.calls += calls;
      point.errors += Object.values(errors).reduce((sum, count) => sum + count, 0);
    }
    point.compared += compared.same + compared.different + compared.ignored;
    point.different += compared.different;
    this.#points.set(start, point);
  }
}

const NOBODY: Pick<Source, 'application' | 'instance'> = { application: null, instance: null };

/** What stands beside a further candidate of what was told of the one that is to go live: control. */
function controlOf({ paths, noise, switchback, left }: Observation): Observation {
  const nothing = { same: 0, different: 0, ignored: 0, failed: 0 };
  const control = paths.filter(({ path }) => path === 'control');
  return { paths: control, noise, switchback, left, compared: nothing, shed: {}, clusters: [] };
}

function callsOf({ paths }: Observation): number {
  return paths.reduce((sum, { calls, role }) => sum + (role === 'noise' ? 0 : calls), 0);
}

function clusterKey({ path, kind }: Pick<Cluster, 'path' | 'kind'>): string {
  return `${kind} ${path}`;
}
