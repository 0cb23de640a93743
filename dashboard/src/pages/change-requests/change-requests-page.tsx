import { Anchor, Group, Paper, SegmentedControl, Stack, Text } from '@mantine/core';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link, useSearchParams } from 'wouter';
import { type ChangeRequest, changeRequestsQuery, isWaiting } from '../../api/change-requests.ts';
import { Empty } from '../../elements/empty.tsx';
import { Instant } from '../../elements/instant.tsx';
import { Page } from '../../elements/page.tsx';
import { shownText } from '../../sentences/shown-text.ts';
import { requestTitle } from './request-words.ts';
import { StateBadge } from './state-badge.tsx';

/** What waits for a second person, and what became of the rest. */
export function ChangeRequestsPage({ project }: { readonly project: string }) {
  const { data: requests } = useSuspenseQuery(changeRequestsQuery(project));
  const [params, setParams] = useSearchParams();
  const isWaitingShown = params.get('show') !== 'done';
  const waiting = requests.filter(isWaiting);
  const shown = isWaitingShown ? waiting : requests.filter((request) => !isWaiting(request));
  return (
    <Page
      title="Change requests"
      lead="Where an environment wants a second person, a change waits here until somebody else has agreed. A kill never waits."
    >
      {requests.length === 0 ? (
        <Empty title="Nothing has been proposed">
          Switch approval on for an environment, on the page Environments. From then on a change of what it serves is
          proposed instead of saved, and stands here.
        </Empty>
      ) : (
        <Stack gap="sm">
          <SegmentedControl
            aria-label="Which requests"
            data={[
              { value: 'waiting', label: `Waiting (${waiting.length})` },
              { value: 'done', label: `Done (${requests.length - waiting.length})` },
            ]}
            value={isWaitingShown ? 'waiting' : 'done'}
            onChange={(value) => setParams({ show: value }, { replace: true })}
            maw={340}
          />
          {shown.map((request) => (
            <Line key={request.id} request={request} />
          ))}
          {shown.length === 0 && <Text>{isWaitingShown ? 'Nothing waits.' : 'Nothing is done yet.'}</Text>}
        </Stack>
      )}
    </Page>
  );
}

function Line({ request }: { readonly request: ChangeRequest }) {
  const { id, project, createdBy, createdAt, reason, state, applyAt } = request;
  return (
    <Paper withBorder p="sm">
      <Group gap="xs" justify="space-between" align="flex-start">
        <Anchor
          component={Link}
          href={`/projects/${encodeURIComponent(project)}/change-requests/${encodeURIComponent(id)}`}
          fw={650}
          miw={0}
        >
          {requestTitle(request)}
        </Anchor>
        <StateBadge state={state} />
      </Group>
      <Text size="sm" lineClamp={2}>
        “{shownText(reason)}”
      </Text>
      <Text size="xs" c="dimmed">
        {shownText(createdBy.name)}, <Instant at={createdAt} />
        {applyAt !== null && (
          <>
            {' '}
            · <Instant at={applyAt} />
          </>
        )}
      </Text>
    </Paper>
  );
}
