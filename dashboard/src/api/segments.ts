import type { SegmentListed, SegmentWithUsers } from '@dimmer/contract';
import { queryOptions } from '@tanstack/react-query';
import { allPages } from './pages-of.ts';
import { queryKeys } from './query-keys.ts';
import { path, request } from './request.ts';
import type { Condition } from './targeting.ts';

export type { SegmentListed };

export type SegmentRule = Omit<SegmentWithUsers['rules'][number], 'when'> & { readonly when: readonly Condition[] };
/** Who uses it is said where one is read, and not where it is written. */
export type Segment = Omit<SegmentWithUsers, 'rules' | 'users'> &
  Partial<Pick<SegmentWithUsers, 'users'>> & { readonly rules: readonly SegmentRule[] };

export function segmentsQuery(project: string) {
  return queryOptions({
    queryKey: queryKeys.segments(project),
    queryFn: ({ signal }) => allPages<SegmentListed>(path`/api/v1/projects/${project}/segments?archived=all`, signal),
  });
}

export function segmentQuery(project: string, segment: string) {
  return queryOptions({
    queryKey: queryKeys.segment(project, segment),
    queryFn: ({ signal }) => request<Segment>(segmentPath(project, segment), { signal }),
  });
}

export function segmentPath(project: string, segment: string): string {
  return path`/api/v1/projects/${project}/segments/${segment}`;
}
