import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { type Change, changesQuery } from '../../api/changes.ts';
import type { Written } from '../../api/write.ts';
import { Loading } from '../../elements/loading.tsx';
import { Problem } from '../../elements/problem.tsx';
import { ChangeList } from '../../history/change-list.tsx';

const MINUTE_MS = 60_000;
const WINDOW_MS = 30 * MINUTE_MS;
const MOST = 100;
/** Beyond these somebody looks for something, and asks for more. */
const FIRST = 15;

interface Props {
  readonly project: string;
  readonly environment: string;
  readonly onReverted: (change: Change, written: Written) => void;
}

/** What has been changed in the last thirty minutes, over all flags: what broke is often among it. */
export function LastHalfHour({ project, environment, onReverted }: Props) {
  const [since, setSince] = useState(beginning);
  const [isLong, setLong] = useState(false);
  useEffect(() => {
    const timer = setInterval(() => setSince(beginning()), MINUTE_MS);
    return () => clearInterval(timer);
  }, []);
  const { data, error } = useQuery({
    ...changesQuery({ project, environment, since: String(since), limit: MOST }),
    // Asked again each minute; meanwhile the list stays as it is.
    placeholderData: (before) => before,
  });
  return (
    <Stack gap={6} component="section" aria-label="The last 30 minutes">
      <Title order={2} size="h3">
        The last 30 minutes
      </Title>
      {data && data.items.length > 0 && (
        <ChangeList
          changes={isLong ? data.items : data.items.slice(0, FIRST)}
          label="Changes of the last 30 minutes"
          onReverted={onReverted}
        />
      )}
      {data && data.items.length === 0 && (
        <Text size="sm" c="dimmed">
          Nothing has been changed that {environment} serves.
        </Text>
      )}
      {!data && error && <Problem error={error} title="The changes could not be read; killing works all the same" />}
      {!data && !error && <Loading what="the changes" />}
      <Group gap="md">
        {data && !isLong && data.items.length > FIRST && (
          <Button variant="default" size="compact-sm" onClick={() => setLong(true)}>
            Show {data.items.length - FIRST} more
          </Button>
        )}
        <Button
          variant="subtle"
          size="compact-sm"
          px={0}
          component={Link}
          href={`/projects/${encodeURIComponent(project)}/changes?environment=${encodeURIComponent(environment)}`}
        >
          All changes
        </Button>
      </Group>
    </Stack>
  );
}

/** Whole minutes, so that the query has one name for a minute. */
function beginning(): number {
  return Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS - WINDOW_MS;
}
