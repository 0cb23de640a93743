import { queryOptions } from '@tanstack/react-query';
import type { Killed } from './flags.ts';
import { path, request } from './request.ts';

export interface Condition {
  /** Absent for `inSegment`. */
  readonly attribute?: string;
  readonly operator: string;
  readonly values: readonly unknown[];
  readonly not?: boolean;
  readonly ignoreCase?: boolean;
}

interface Slice {
  readonly variation: string;
  /** Of `PARTS`. */
  readonly parts: number;
}

/** One variation, or a split. */
export type Serve =
  | { readonly variation: string }
  | { readonly slices: readonly Slice[]; readonly by?: string; readonly seed?: string };

export interface Rule {
  readonly id: string;
  readonly description?: string;
  /** All must hold; empty = everybody. */
  readonly when: readonly Condition[];
  readonly serve: Serve;
}

/** A flag's rules in one environment. */
export interface Targeting {
  readonly project: string;
  readonly flag: string;
  readonly environment: string;
  readonly on: boolean;
  readonly off: string;
  readonly prerequisites: readonly { readonly flag: string; readonly variations: readonly string[] }[];
  readonly targets: readonly { readonly variation: string; readonly keys: readonly string[] }[];
  readonly rules: readonly Rule[];
  readonly fallthrough: Serve;
  readonly killed?: Killed;
  /** Not served here until a change of it has been approved. */
  readonly absent?: true;
  /** Nobody has said yet who gets it. */
  readonly fresh?: true;
  readonly dials?: Readonly<Record<string, unknown>>;
  readonly version: number;
  readonly revision: number;
}

export function targetingPath(project: string, flag: string, environment: string): string {
  return path`/api/v1/projects/${project}/flags/${flag}/environments/${environment}`;
}

export function targetingQuery(project: string, flag: string, environment: string) {
  return queryOptions({
    queryKey: ['flag', project, flag, 'targeting', environment],
    queryFn: ({ signal }) => request<Targeting>(targetingPath(project, flag, environment), { signal }),
  });
}
