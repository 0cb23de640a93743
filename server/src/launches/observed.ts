import { LAUNCH_LIMITS } from '@dimmer/core';
import type { Cluster, Comparisons, LaunchSummary } from './launch-summary.ts';
import { PathFigures, type PathName, plus } from './path-figures.ts';

const MAX_PATHS = 100;
const MAX_CLUSTERS = 50;
const MAX_CAUSES = 50;

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
      if (this.shed.has(cause) || this.shed.size < MAX_CAUSES)
        this.shed.set(cause, plus(this.shed.get(cause) ?? 0, count));
    }
    for (const cluster of clusters) this.#addCluster(cluster);
  }

  toObservation(): Observation {
    return {
      paths: [...this.paths.values()].map((path) => path.toSummary()),
      compared: this.compared,
      noise: this.noise,
      shed: Object.fromEntries(this.shed),
      clusters: [...this.clusters.values()],
    };
  }

  #path(name: PathName): PathFigures | undefined {
    const { variation, path, role, operation = '' } = name;
    const key = `${operation} ${path} ${role} ${variation}`;
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
    if (!known && this.clusters.size >= MAX_CLUSTERS) return;
    const kept = [...(known?.samples ?? []), ...samples].slice(0, LAUNCH_LIMITS.samples);
    this.clusters.set(key, { path, kind, count: plus(known?.count ?? 0, count), samples: kept });
  }
}

function addComparisons(total: Comparisons, added: Comparisons): void {
  total.same = plus(total.same, added.same);
  total.different = plus(total.different, added.different);
  total.ignored = plus(total.ignored, added.ignored);
  total.failed = plus(total.failed, added.failed);
}
