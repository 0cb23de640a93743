import type { SegmentListed } from '@dimmer/contract';
import { queryOptions } from '@tanstack/react-query';
import { allPages } from './pages-of.ts';
import { queryKeys } from './query-keys.ts';
import { path } from './request.ts';

/** The segments that rules can name. */
export function segmentNamesQuery(project: string) {
  return queryOptions({
    queryKey: queryKeys.segmentNames(project),
    queryFn: ({ signal }) => allPages<SegmentListed>(path`/api/v1/projects/${project}/segments`, signal),
  });
}
