/** Clustering: differences, grouped by their path. Why: decision 0163. */

import { type ClusterSummary, type DifferenceKind, LAUNCH_LIMITS, type Sample } from '@dimmer/core';
import { OTHER } from '@dimmer/core/other';
import type { Segment } from './ignored-paths.ts';
import { pointerText, shownSegments } from './sample-text.ts';

/** Number of paths that differ in one name only, from which on that name becomes `*`. */
const MANY = 6;
/** Places with such a name that are remembered beyond a report. */
const MAX_LEARNT = 50;

interface Cluster {
  readonly path: string;
  /** The names of the path; undefined if it is none. */
  readonly shown: readonly string[] | undefined;
  readonly kind: DifferenceKind;
  count: number;
  readonly samples: Sample[];
}

export interface Clusters {
  /**
   * Counts a difference.
   *
   * @param place where it is, or the name of a cluster that is no place
   * @returns where a sample of it is to be put; undefined if there are enough
   */
  readonly add: (place: string | readonly Segment[], kind: DifferenceKind) => ((sample: Sample) => void) | undefined;
  /** All since the last time, the most frequent first; and begins again. */
  readonly drain: () => readonly ClusterSummary[];
}

export function createClusters(): Clusters {
  let clusters = new Map<string, Cluster>();
  /** Paths with a `*` that was not plain to see: keys of somebody's, known by how many they were. */
  const learnt: (readonly string[])[] = [];

  function clusterAt(path: string, shown: Cluster['shown'], kind: DifferenceKind): Cluster {
    const name = `${kind} ${path}`;
    const known = clusters.get(name);
    if (known) return known;
    const isFull = clusters.size >= LAUNCH_LIMITS.clusters - 1;
    const gathered = shown && gather(shown, kind, isFull);
    if (gathered) return gathered;
    if (path !== OTHER && isFull) return clusterAt(OTHER, undefined, 'value');
    const made: Cluster = { path, shown, kind, count: 0, samples: [] };
    clusters.set(name, made);
    return made;
  }

  /**
   * Makes one cluster of many that differ in a single name. The last name is the field itself, and differs from field to
   * field; it is given up only where there is no more room.
   */
  function gather(shown: readonly string[], kind: DifferenceKind, isFull: boolean): Cluster | undefined {
    const positions = isFull ? shown.length : shown.length - 1;
    for (let at = 0; at < positions; at++) {
      const general = shown.map((name, i) => (i === at ? '*' : name));
      const alike = [...clusters].filter(
        ([, cluster]) => cluster.kind === kind && cluster.shown && fits(general, cluster.shown),
      );
      if (alike.length + 1 < MANY) continue;
      if (learnt.length < MAX_LEARNT) learnt.push(general);
      for (const [name] of alike) clusters.delete(name);
      const made: Cluster = {
        path: pointerText(general),
        shown: general,
        kind,
        count: alike.reduce((sum, [, { count }]) => sum + count, 0),
        samples: alike.flatMap(([, { samples }]) => samples).slice(0, LAUNCH_LIMITS.samples),
      };
      clusters.set(`${kind} ${made.path}`, made);
      return made;
    }
    return undefined;
  }

  return {
    add(place, kind) {
      const named = typeof place === 'string' ? undefined : shownSegments(place);
      const shown = named && (learnt.find((general) => fits(general, named)) ?? named);
      const cluster = clusterAt(shown ? pointerText(shown) : (place as string), shown, kind);
      cluster.count++;
      const isEnough = () => cluster.path === OTHER || cluster.samples.length >= LAUNCH_LIMITS.samples;
      return isEnough()
        ? undefined
        : (sample) => {
            if (!isEnough()) cluster.samples.push(sample);
          };
    },
    drain() {
      const drained = [...clusters.values()].sort((one, other) => other.count - one.count);
      clusters = new Map();
      return drained.map(({ path, kind, count, samples }) => ({ path, kind, count, samples }));
    },
  };
}

/** Whether a path is one of those that a general one means. */
function fits(general: readonly string[], shown: readonly string[]): boolean {
  return general.length === shown.length && general.every((name, at) => name === '*' || name === shown[at]);
}
