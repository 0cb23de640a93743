import { LAUNCH_LIMITS } from '@dimmer/core';
import type { Cluster, Comparisons, LaunchSummary } from './launch-summary.ts';
import { PathFigures, type PathName, plus } from './path-figures.ts';

const MAX_PATHS = 100;
const MAX_CLUSTERS = 50;
const MAX_CAUSES = 50;
/** What goes beyond: counted all the same. The SDK has a cluster of this name for the same purpose. */
const OTHER = '(other)';

/** What is kept of summaries once it is known which flag and minute they are about. */
export type Observation = Pick<LaunchSummary, 'paths' | 'compared' | 'noise' | 'shed' | 'clusters'>;

/**
 * What was observed of one launch, merged: of one minute, or of a whole report. Merging is adding, so the order in which
 * summaries come, and how they are grouped, makes no difference; but for samples, of which any few will do.
 */
export class Observed {
  readonly paths = new Map<string, PathFigures>();
  readonly compared: Comparisons = { same: 0, different: 0, ignored: 0, failed: 0 };
  readonly noise: Comparisons = { same: 0, different: 0, ignored: 0, failed: 0 };
  readonly shed = new Map<string, number>();
  readonly clusters = new Map<string, Cluster>();

  add({ paths, compared, noise, shed, clusters }: Observation): void {
    for (const path of paths) this.#path(path)?.add(path);
    addComparisons(this.compared, compared);
    addComparisons(this.noise, noise);
    for (const [cause, count] of Object.entries(shed)) {
      const name = this.shed.has(cause) || this.shed.size < MAX_CAUSES - 1 ? cause : OTHER;
      this.shed.set(name, plus(this.shed.get(name) ?? 0, count));
    }
    for (const cluster of clusters) this.#addCluster(cluster);
  }

  /** How many of these paths would be new here, each of which takes 8 KiB, and 16 with CPU time. */
  newPaths(paths: readonly PathName[]): number {
    return new Set(paths.map(keyOf).filter((key) => !this.paths.has(key))).size;
  }

  /** A copy: nothing that is added later shows in it. */
  toObservation(): Observation {
    return {
      paths: [...this.paths.values()].map((path) => path.toSummary()),
      compared: { ...this.compared },
      noise: { ...this.noise },
      shed: Object.fromEntries(this.shed),
      clusters: [...this.clusters.values()],
    };
  }

  #path(name: PathName): PathFigures | undefined {
    const key = keyOf(name);
    let figures = this.paths.get(key);
    if (!figures && this.paths.size < MAX_PATHS) {
      figures = new PathFigures(name);
      this.paths.set(key, figures);
    }
    return figures;
  }

  #addCluster({ path, kind, count, samples }: Cluster): void {
    const key = `${kind} ${path}`;
    const known = this.clusters.get(key);
    if (!known && this.clusters.size >= MAX_CLUSTERS - 1 && path !== OTHER) {
      this.#addCluster({ path: OTHER, kind: 'value', count, samples: [] });
      return;
    }
    const kept = [...(known?.samples ?? []), ...samples].slice(0, LAUNCH_LIMITS.samples);
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
