/**
 * Client-side aggregation of one launch since the last report: counters and histograms, so that a report is as small
 * after a million calls as after ten.
 */

import {
  type Comparisons,
  LAUNCH_LIMITS,
  type LaunchPath,
  type LaunchRole,
  type LaunchSummary,
  type NotComparedCause,
  type PathSummary,
  type ShedCause,
} from '@dimmer/core';
import { createHistogram, type Histogram } from '@dimmer/core/histogram';
import { OTHER } from '@dimmer/core/other';
import type { Clusters } from './clusters.ts';

/** Units remembered, so that each is told of once. */
const MAX_UNITS = 10_000;

/** What is counted of one path at one variation in one role. */
export interface PathStats {
  readonly variation: string;
  readonly path: LaunchPath;
  readonly role: LaunchRole;
  readonly operation: 'read' | 'write' | undefined;
  calls: number;
  readonly errors: Map<string, number>;
  readonly latency: Histogram;
  readonly cpu: Histogram;
  units: string[];
  /** Calls that have not ended in their time. */
  hanging: number;
}

/** Mutable `Comparisons`. */
type Tally = { -readonly [Outcome in keyof Comparisons]: number };

export interface Observations {
  /** Where the figures of one path go. The same object for the same names, until it is drained. */
  readonly path: (variation: string, path: LaunchPath, role: LaunchRole, operation?: 'read' | 'write') => PathStats;
  /** Counts an error, by its class. `unit`: the hash of who met with it, told of the first time only. */
  readonly failed: (stats: PathStats, error: unknown, unit?: string) => void;
  /** Counts shadows that were not run, or not to their end; one, if not said otherwise. */
  readonly shed: (cause: ShedCause, count?: number) => void;
  readonly compared: Tally;
  readonly noise: Tally;
  /** Of those that differ only where that is ignored: they hold nothing else. */
  ignoredWhole: number;
  /** Counts two results that could not be compared. */
  readonly notCompared: (cause: NotComparedCause) => void;
  /** Made when the first difference is found. */
  clusters: Clusters | undefined;
  /** Forgets who has met with errors: the rules have changed, and their counts restart. */
  readonly forgetUnits: () => void;
  /** All since the last time, and begins again; undefined if there was nothing. */
  readonly drain: () => Omit<LaunchSummary, 'flag' | 'id' | 'from' | 'to'> | undefined;
}

/** @param shownName what is shown of a long or odd name of a kind of failure */
export function createObservations(shownName: (text: string) => string): Observations {
  let paths: PathStats[] = [];
  let shedBy: { [cause in ShedCause]?: number } = {};
  let notComparedBy: { [cause in NotComparedCause]?: number } = {};
  let knownUnits = new Set<string>();
  const compared = newTally();
  const noise = newTally();

  const observations: Observations = {
    compared,
    noise,
    ignoredWhole: 0,
    clusters: undefined,
    path(variation, path, role, operation) {
      for (const stats of paths) {
        if (
          stats.variation === variation &&
          stats.path === path &&
          stats.role === role &&
          stats.operation === operation
        ) {
          return stats;
        }
      }
      const made: PathStats = {
        variation,
        path,
        role,
        operation,
        calls: 0,
        hanging: 0,
        units: [],
        errors: new Map(),
        latency: createHistogram(),
        cpu: createHistogram(),
      };
      paths.push(made);
      return made;
    },
    failed({ errors, path, variation, units }, error, unit) {
      const known = classOf(error, shownName);
      const errorClass = errors.has(known) || errors.size < LAUNCH_LIMITS.errorClasses - 1 ? known : OTHER;
      errors.set(errorClass, (errors.get(errorClass) ?? 0) + 1);
      if (!unit || knownUnits.size >= MAX_UNITS || units.length >= LAUNCH_LIMITS.errorUnits) return;
      const name = `${variation} ${path} ${unit}`;
      if (knownUnits.has(name)) return;
      knownUnits.add(name);
      units.push(unit);
    },
    shed(cause, count = 1) {
      if (count) shedBy[cause] = (shedBy[cause] ?? 0) + count;
    },
    notCompared(cause) {
      compared.failed++;
      notComparedBy[cause] = (notComparedBy[cause] ?? 0) + 1;
    },
    forgetUnits() {
      knownUnits = new Set();
    },
    drain() {
      const used = paths.filter(({ calls, hanging }) => calls || hanging).slice(0, LAUNCH_LIMITS.paths);
      const shed = shedBy;
      paths = [];
      shedBy = {};
      const notCompared = notComparedBy;
      notComparedBy = {};
      const { ignoredWhole } = observations;
      observations.ignoredWhole = 0;
      // A comparison that takes its time is over after the calls have been told.
      const isCompared = [compared, noise].some((tally) => Object.values(tally).some(Boolean));
      if (!used.length && !Object.keys(shed).length && !isCompared) return undefined;
      return {
        paths: used.map(summaryOf),
        compared: takeTally(compared),
        noise: takeTally(noise),
        shed,
        clusters: observations.clusters?.drain() ?? [],
        ...(Object.keys(notCompared).length && { notCompared }),
        ...(ignoredWhole && { ignoredWhole }),
      };
    },
  };
  return observations;
}

function summaryOf(stats: PathStats): PathSummary {
  const { variation, path, role, operation, calls, errors, latency, cpu, units, hanging } = stats;
  const cpuTimes = cpu.drain();
  return {
    variation,
    path,
    role,
    calls,
    latency: latency.drain(),
    errors: Object.fromEntries(errors),
    ...(operation && { operation }),
    ...(cpuTimes.length && { cpu: cpuTimes }),
    ...(units.length && { errorUnits: units }),
    ...(hanging && { hanging }),
  };
}

function newTally(): Tally {
  return { same: 0, different: 0, ignored: 0, failed: 0 };
}

function takeTally(tally: Tally): Comparisons {
  const taken = { ...tally };
  Object.assign(tally, newTally());
  return taken;
}

/** What kind of failure it was: an error's code (`ECONNREFUSED`), else its name (`RangeError`); never its message. */
function classOf(error: unknown, shownName: (text: string) => string): string {
  try {
    const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown };
    const said = typeof code === 'string' && code ? code : typeof name === 'string' && name ? name : typeof error;
    // A code is a word or two; what is longer may hold anything.
    return (/^[\w.:$ -]{1,40}$/.test(said) ? said : shownName(said.slice(0, 500))).slice(
      0,
      LAUNCH_LIMITS.errorClassLength,
    );
  } catch {
    return 'unknown';
  }
}
