import { Anchor, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { changesQuery } from '../../api/changes.ts';
import type { Segment } from '../../api/segments.ts';
import { Loading } from '../../elements/loading.tsx';
import { Problem } from '../../elements/problem.tsx';
import { ChangeList } from '../../history/change-list.tsx';
import { shownText } from '../../sentences/shown-text.ts';

const MOST_CHANGES = 20;

interface Props {
  readonly project: string;
  readonly segment: Segment;
}

/** Which flags a change of this segment is felt by. */
export function SegmentUsers({ project, segment: { users = [] } }: Props) {
  const environments = new Map<string, string[]>();
  for (const { flag, environment } of users) environments.set(flag, [...(environments.get(flag) ?? []), environment]);
  return (
    <section aria-labelledby="segment-users">
      <Title order={2} mb="xs" id="segment-users">
        Used by
      </Title>
      {environments.size === 0 ? (
        <Text c="dimmed">No flag’s rules name it.</Text>
      ) : (
        <Stack gap={4} component="ul" m={0} p={0} style={{ listStyle: 'none' }}>
          {[...environments].map(([flag, where]) => (
            <li key={flag}>
              <Anchor
                underline="always"
                component={Link}
                href={`/projects/${encodeURIComponent(project)}/flags/${encodeURIComponent(flag)}?environment=${encodeURIComponent(where[0] ?? '')}`}
              >
                {shownText(flag)}
              </Anchor>{' '}
              <Text span size="sm" c="dimmed">
                in {where.map(shownText).join(', ')}
              </Text>
            </li>
          ))}
        </Stack>
      )}
    </section>
  );
}

/** What has been done to a segment, by whom and why, and the way back. */
export function SegmentHistory({ project, segment: { key } }: Props) {
  const { data, error } = useQuery(changesQuery({ project, segment: key, limit: MOST_CHANGES }));
  return (
    <section aria-labelledby="segment-history">
      <Title order={2} mb="xs" id="segment-history">
        History
      </Title>
      {data && <ChangeList changes={data.items} label="History" />}
      {data?.next != null && (
        <Anchor component={Link} href={`/projects/${encodeURIComponent(project)}/changes`} size="sm">
          All changes
        </Anchor>
      )}
      {!data && error && <Problem error={error} />}
      {!data && !error && <Loading what="the history" />}
    </section>
  );
}
