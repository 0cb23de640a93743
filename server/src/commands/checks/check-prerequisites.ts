import { LIMITS } from '@dimmer/contract';
import type { Documents } from '../../state/documents.ts';
import { type Refused, refuse } from '../refusal.ts';

/**
 * Refuses prerequisites of a flag that lead back to it (`PREREQUISITE_CYCLE`), or whose longest chain through it is
 * deeper than what SDKs follow (`LIMIT_EXCEEDED`).
 */
export function prerequisitesProblem(
  state: Documents,
  project: string,
  environment: string,
  flag: string,
): Refused | null {
  const needs = (key: string) => neededBy(state, project, environment, key);
  if (needs(flag).length === 0) return null;
  const cycle = pathBack(flag, needs);
  if (cycle) {
    return refuse('PREREQUISITE_CYCLE', `Prerequisites go round in a circle: ${cycle.join(' → ')}.`, {
      fix: 'Take one of these prerequisites away.',
      path: 'prerequisites',
      details: { cycle },
    });
  }
  const depth = longestFrom(flag, needs) + longestFrom(flag, dependents(state, project, environment));
  if (depth <= LIMITS.prerequisiteDepth) return null;
  const message = `A chain of ${depth} prerequisites runs through "${flag}"; the limit is ${LIMITS.prerequisiteDepth}.`;
  return refuse('LIMIT_EXCEEDED', message, { path: 'prerequisites' });
}

type Edges = (flag: string) => readonly string[];

function neededBy(state: Documents, project: string, environment: string, flag: string): string[] {
  return state.targeting(project, flag, environment)?.body.prerequisites.map((each) => each.flag) ?? [];
}

function dependents(state: Documents, project: string, environment: string): Edges {
  const found = new Map<string, string[]>();
  for (const { body } of state.flags(project)) {
    if (body.archived) continue;
    for (const needed of neededBy(state, project, environment, body.key)) {
      const users = found.get(needed);
      if (users) users.push(body.key);
      else found.set(needed, [body.key]);
    }
  }
  return (flag) => found.get(flag) ?? [];
}

/** The way from a flag back to itself, or `null`. Every flag is visited once: chains may share their ends. */
function pathBack(start: string, edges: Edges): string[] | null {
  const visited = new Set<string>();
  const walk = (flag: string, path: readonly string[]): string[] | null => {
    for (const next of edges(flag)) {
      if (next === start) return [...path, next];
      if (visited.has(next)) continue;
      visited.add(next);
      const found = walk(next, [...path, next]);
      if (found) return found;
    }
    return null;
  };
  return walk(start, [start]);
}

/** Steps of the longest chain that begins at a flag. There are no cycles by now. */
function longestFrom(start: string, edges: Edges): number {
  const known = new Map<string, number>();
  const walk = (flag: string): number => {
    const before = known.get(flag);
    if (before !== undefined) return before;
    known.set(flag, 0);
    const longest = edges(flag).reduce((most, next) => Math.max(most, 1 + walk(next)), 0);
    known.set(flag, longest);
    return longest;
  };
  return walk(start);
}
