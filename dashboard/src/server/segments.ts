import { queryOptions } from '@tanstack/react-query';
import { allPages } from './pages-of.ts';
import { path, request } from './request.ts';
import type { Condition } from './targeting.ts';

export interface SegmentRule {
  readonly id?: string;
  readonly description?: string;
  /** All must hold; empty = everybody. */
  readonly when: readonly Condition[];
}

/** A reusable audience: excluded wins over included, and both over the rules. */
export interface Segment {
  readonly key: string;
  readonly name: string;
  readonly description: string;
  readonly included: readonly string[];
  readonly excluded: readonly string[];
  readonly rules: readonly SegmentRule[];
  readonly archived: boolean;
  readonly version: number;
  readonly revision: number;
  /** Flags whose rules name it, by environment: those that one may see. Only where one segment is read. */
  readonly users?: readonly { readonly flag: string; readonly environment: string }[];
}

/** A segment in a list: how many instead of who. */
export type SegmentListed = Omit<Segment, 'included' | 'excluded' | 'rules'> & {
  readonly included: number;
  readonly excluded: number;
  readonly rules: number;
};

export function segmentsQuery(project: string) {
  return queryOptions({
    queryKey: ['segments', project],
    queryFn: ({ signal }) => allPages<SegmentListed>(path`/api/v1/projects/${project}/segments?archived=all`, signal),
  });
}

export function segmentQuery(project: string, segment: string) {
  return queryOptions({
    queryKey: ['segments', project, 'one', segment],
    queryFn: ({ signal }) => request<Segment>(segmentPath(project, segment), { signal }),
  });
}

export function segmentPath(project: string, segment: string): string {
  return path`/api/v1/projects/${project}/segments/${segment}`;
}
