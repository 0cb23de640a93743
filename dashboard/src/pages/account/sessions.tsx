import { Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { SignInProblem } from '../../access/sign-in-problem.tsx';
import { endSession, type Session, sessionsQuery } from '../../api/account.ts';
import { Instant } from '../../elements/instant.tsx';
import { Loading } from '../../elements/loading.tsx';
import { shownText } from '../../sentences/shown-text.ts';
import { browserName } from './browser-name.ts';

/** Where one is signed in, and how to end it there. */
export function Sessions() {
  const queryClient = useQueryClient();
  const { data, error: unread } = useQuery(sessionsQuery);
  const [busy, setBusy] = useState<string | null>(null);
  const [error, setError] = useState<unknown>(null);
  const end = async ({ id }: Session): Promise<void> => {
    setBusy(id);
    setError(null);
    await endSession(id).catch(setError);
    await queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    setBusy(null);
  };
  if (unread) return <SignInProblem error={unread} />;
  if (!data) return <Loading what="your sessions" />;
  return (
    <Stack gap="xs">
      {data.map((session) => (
        <Group key={session.id} justify="space-between" gap="xs" wrap="nowrap">
          <div>
            <Text size="sm" fw={650}>
              {browserName(session.userAgent)}
            </Text>
            <Text size="sm" c="dimmed">
              {session.ipAddress ? `${shownText(session.ipAddress)} · ` : ''}last used{' '}
              <Instant at={Date.parse(session.updatedAt)} />
            </Text>
          </div>
          {session.isCurrent ? (
            <Badge variant="outline" color="gray" c="inherit">
              This one
            </Badge>
          ) : (
            <Button
              variant="default"
              size="xs"
              loading={busy === session.id}
              onClick={() => void end(session)}
              aria-label={`End the session of ${browserName(session.userAgent)}`}
            >
              End
            </Button>
          )}
        </Group>
      ))}
      {error !== null && <SignInProblem error={error} />}
      <Text size="sm" c="dimmed">
        A session ends by itself after eight hours without use, and after a week at the latest.
      </Text>
    </Stack>
  );
}
