/** Differences gathered by where they are. */
import { type ClusterSummary, type DifferenceKind, LAUNCH_LIMITS, type Sample } from '@dimmer/core';

/** Where differences go that found no cluster of their own. */
const OTHER = '(other)';

interface Cluster {
  readonly path: string;
  readonly kind: DifferenceKind;
  count: number;
  readonly samples: Sample[];
}

export interface Clusters {
  /** Counts a difference. `sample` is called only while another one is wanted; it may throw, which is passed on. */
  readonly add: (path: string, kind: DifferenceKind, sample: () => Sample) => void;
  /** All since the last time, the most frequent first; and begins again. */
  readonly drain: () => readonly ClusterSummary[];
}

export function createClusters(): Clusters {
  let clusters = new Map<string, Cluster>();

  function clusterFor(path: string, kind: DifferenceKind): Cluster {
    const name = `${kind} ${path}`;
    const known = clusters.get(name);
    if (known) return known;
    if (path !== OTHER && clusters.size >= LAUNCH_LIMITS.clusters - 1) return clusterFor(OTHER, 'value');
    const made: Cluster = { path, kind, count: 0, samples: [] };
    clusters.set(name, made);
    return made;
  }

  return {
    add(path, kind, sample) {
      const cluster = clusterFor(path, kind);
      cluster.count++;
      if (cluster.path !== OTHER && cluster.samples.length < LAUNCH_LIMITS.samples) cluster.samples.push(sample());
    },
    drain() {
      const drained = [...clusters.values()].sort((one, other) => other.count - one.count);
      clusters = new Map();
      return drained;
    },
  };
}
