import { LAUNCH_LIMITS } from '@dimmer/core';
import { OTHER } from '@dimmer/core/other';
import { jsonBytes } from '../json-bytes.ts';
import type { Cluster, Comparisons, LaunchSummary } from './launch-summary.ts';
import { PathFigures, type PathName, plus } from './path-figures.ts';
import { type LeftOut, NUMBER_BYTES, Room } from './room.ts';
import type { Source } from './source.ts';
import { type Switchback, SwitchbackFigures, switchbackOf } from './switchback-figures.ts';

const MAX_PATHS = 100;
const MAX_CLUSTERS = 50;
const MAX_CAUSES = 50;

/** Names and punctuation of the JSON: of the whole, with who tells of it; of a path; of a cluster; of a sample. */
const BASE_BYTES = 1_536;
const PATH_BYTES = 300;
const CLUSTER_BYTES = 80;
const SAMPLE_BYTES = 70;
/** Without its histograms. */
const SWITCHBACK_BYTES = 400;

/** What is kept of summaries once it is known which flag and minute they are about. */
export interface Observation extends Pick<LaunchSummary, 'paths' | 'compared' | 'noise' | 'shed' | 'clusters'> {
  /** Of those that were not compared, by cause. Absent: SDKs of before do not say. */
  readonly notCompared?: Readonly<Record<string, number>> | undefined;
  /** Of `compared.ignored`: results that hold nothing that is not ignored. Absent: SDKs of before do not say. */
  readonly ignoredWhole?: number | undefined;
  readonly switchback?: Switchback | undefined;
  /** Of a row that is stored: who has told of it. Absent: it was written before anybody asked. */
  readonly source?: Source | undefined;
  /** Absent: nothing was. */
  readonly left?: LeftOut | undefined;
}

/** What is kept of a summary. `minute`: the one that it counts in, ms since 1970. */
export function observationOf({ switchback, ...summary }: LaunchSummary, minute: number): Observation {
  return { ...summary, ...(switchback && { switchback: switchbackOf(switchback, minute) }) };
}

/**
 * What was observed of one launch, merged: of one minute, or of a whole report. Merging is adding, so the order in which
 * summaries come, and how they are grouped, makes no difference; but for samples, of which any few will do, and for what
 * finds no room, which is counted as left out.
 */
export class Observed {
  readonly paths = new Map<string, PathFigures>();
  readonly compared: Comparisons = { same: 0, different: 0, ignored: 0, failed: 0 };
  readonly noise: Comparisons = { same: 0, different: 0, ignored: 0, failed: 0 };
  readonly shed = new Map<string, number>();
  readonly notCompared = new Map<string, number>();
  ignoredWhole = 0;
  readonly clusters = new Map<string, Cluster>();
  /** Made when there is something to put in: it takes as much memory as a path. */
  switchback: SwitchbackFigures | undefined;
  readonly #room: Room;

  /** @param mostBytes of its JSON. Default: any number, as for a report that nobody stores */
  constructor(mostBytes = Number.POSITIVE_INFINITY) {
    this.#room = new Room(mostBytes, BASE_BYTES);
  }

  /** About the bytes of its JSON, and never fewer. */
  get bytes(): number {
    return this.#room.usedBytes;
  }

  get left(): LeftOut {
    return this.#room.left;
  }

  add({
    paths,
    compared,
    noise,
    shed,
    clusters,
    notCompared = {},
    ignoredWhole = 0,
    switchback,
    left,
  }: Observation): void {
    this.ignoredWhole = plus(this.ignoredWhole, ignoredWhole);
    for (const path of paths) {
      const figures = this.#path(path);
      if (figures) figures.add(path, this.#room);
      else this.#room.leaveOut('calls', path.calls);
    }
    addComparisons(this.compared, compared);
    addComparisons(this.noise, noise);
    this.#addCauses(this.shed, shed);
    this.#addCauses(this.notCompared, notCompared);
    if (switchback && (this.switchback || this.#room.take(SWITCHBACK_BYTES))) {
      this.switchback ??= new SwitchbackFigures();
      this.switchback.add(switchback, this.#room);
    }
    for (const cluster of clusters) this.#addCluster(cluster);
    this.#room.leaveOutToo(left);
  }

  /** Notes that a summary was not added at all. */
  leaveOut(): void {
    this.#room.leaveOut('summaries', 1);
  }

  /** How many dense histograms it holds, as paths: each takes 8 KiB, and 16 with CPU time; so does a switchback. */
  get pathsHeld(): number {
    return this.paths.size + (this.switchback ? 1 : 0);
  }

  /** How many more of them it would hold with this. */
  newPaths({ paths, switchback }: { readonly paths: readonly PathName[]; readonly switchback?: unknown }): number {
    const isNew = switchback !== undefined && !this.switchback ? 1 : 0;
    return isNew + new Set(paths.map(keyOf).filter((key) => !this.paths.has(key))).size;
  }

  /** A copy: nothing that is added later shows in it. */
  toObservation(): Observation {
    return {
      paths: [...this.paths.values()].map((path) => path.toSummary()),
      compared: { ...this.compared },
      noise: { ...this.noise },
      shed: Object.fromEntries(this.shed),
      ...(this.notCompared.size > 0 && { notCompared: Object.fromEntries(this.notCompared) }),
      ...(this.ignoredWhole > 0 && { ignoredWhole: this.ignoredWhole }),
      ...(this.switchback && { switchback: this.switchback.toObservation() }),
      clusters: [...this.clusters.values()],
      ...(Object.keys(this.left).length > 0 && { left: { ...this.left } }),
    };
  }

  #path(name: PathName): PathFigures | undefined {
    const key = keyOf(name);
    let figures = this.paths.get(key);
    if (!figures && this.paths.size < MAX_PATHS && this.#room.take(PATH_BYTES + key.length)) {
      figures = new PathFigures(name);
      this.paths.set(key, figures);
    }
    return figures;
  }

  #addCauses(known: Map<string, number>, added: Readonly<Record<string, number>>): void {
    for (const [cause, count] of Object.entries(added)) {
      const isKnown = known.has(cause);
      const fits = isKnown || (known.size < MAX_CAUSES - 1 && this.#room.take(jsonBytes(cause) + NUMBER_BYTES));
      const name = fits ? cause : OTHER;
      known.set(name, plus(known.get(name) ?? 0, count));
    }
  }

  #addCluster({ path, kind, count, samples }: Cluster): void {
    const isOther = path === OTHER;
    // One for the rest, whatever kinds it is said to be of, and nothing of it is shown.
    if (isOther && (kind !== 'value' || samples.length > 0)) {
      this.#addCluster({ path, kind: 'value', count, samples: [] });
      return;
    }
    const key = `${kind} ${path}`;
    const known = this.clusters.get(key);
    const fits =
      known ||
      isOther ||
      (this.clusters.size < MAX_CLUSTERS - 1 && this.#room.take(CLUSTER_BYTES + jsonBytes(path) + jsonBytes(kind)));
    if (!fits) {
      this.#room.leaveOut('samples', samples.length);
      this.#addCluster({ path: OTHER, kind: 'value', count, samples: [] });
      return;
    }
    const kept = [...(known?.samples ?? [])];
    for (const sample of samples.slice(0, LAUNCH_LIMITS.samples - kept.length)) {
      if (this.#room.take(SAMPLE_BYTES + jsonBytes(sample.control) + jsonBytes(sample.candidate))) kept.push(sample);
      else this.#room.leaveOut('samples', 1);
    }
    this.clusters.set(key, { path, kind, count: plus(known?.count ?? 0, count), samples: kept });
  }
}

function keyOf({ variation, path, role, operation }: PathName): string {
  return `${operation ?? ''} ${path} ${role} ${variation}`;
}

function addComparisons(total: Comparisons, added: Comparisons): void {
  total.same = plus(total.same, added.same);
  total.different = plus(total.different, added.different);
  total.ignored = plus(total.ignored, added.ignored);
  total.failed = plus(total.failed, added.failed);
}
