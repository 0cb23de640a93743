import { useQueries, useQuery } from '@tanstack/react-query';
import type { Flag } from '../../api/flags.ts';
import { segmentQuery } from '../../api/segments.ts';
import { targetingQuery } from '../../api/targeting.ts';
import { type AskedAttribute, askedAttributes, namedSegments } from './asked-attributes.ts';

/** What has to be known of somebody to say what they get of a flag: by its rules, its segments, and the flags it needs. */
export function useAskedAttributes({ project, key }: Flag, environment: string): readonly AskedAttribute[] {
  const { data: own } = useQuery(targetingQuery(project, key, environment));
  const needed = [...new Set((own?.prerequisites ?? []).map(({ flag }) => flag))];
  const others = useQueries({ queries: needed.map((flag) => targetingQuery(project, flag, environment)) });
  const targetings = [own, ...others.map(({ data }) => data)].filter((each) => each !== undefined);
  const segments = useQueries({
    queries: namedSegments(targetings).map((segment) => segmentQuery(project, segment)),
  });
  return askedAttributes(
    targetings,
    segments.map(({ data }) => data).filter((each) => each !== undefined),
  );
}
