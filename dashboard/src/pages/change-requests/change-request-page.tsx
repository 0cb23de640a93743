import { Alert, Anchor, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { Link } from 'wouter';
import { type ChangeRequest, changeRequestQuery } from '../../api/change-requests.ts';
import { changeQuery } from '../../api/changes.ts';
import { Instant } from '../../elements/instant.tsx';
import { Page } from '../../elements/page.tsx';
import { Difference } from '../../history/difference.tsx';
import { shownText } from '../../sentences/shown-text.ts';
import { RequestActs } from './request-acts.tsx';
import { requestTitle } from './request-words.ts';
import { StateBadge } from './state-badge.tsx';

interface Props {
  readonly project: string;
  readonly request: string;
}

/** One change that waits: what it would change as of now, who has agreed, and what can be done about it. */
export function ChangeRequestPage({ project, request: id }: Props) {
  const { data: request } = useSuspenseQuery(changeRequestQuery(project, id));
  const { createdBy, createdAt, reason, state, approvals, applyAt, scheduledBy, problem } = request;
  return (
    <Page
      title={requestTitle(request)}
      lead={
        <>
          Proposed by {shownText(createdBy.name)}, <Instant at={createdAt} />.
        </>
      }
      actions={<StateBadge state={state} />}
    >
      <Stack gap="md" maw={820}>
        <Text>“{shownText(reason)}”</Text>
        {problem !== null && (
          <Alert color="red" icon={<IconAlertTriangle aria-hidden />} title={shownText(problem)} role="note" />
        )}
        {applyAt !== null && (
          <Text>
            It will be applied <Instant at={applyAt} />
            {scheduledBy && ` by leave of ${shownText(scheduledBy.name)}`}.
          </Text>
        )}
        <RequestActs request={request} />
        <Paper withBorder p="md">
          <Title order={2} mb="xs">
            {request.appliedRevision === null ? 'What it would change now' : 'What it changed'}
          </Title>
          <What request={request} />
        </Paper>
        {approvals.length > 0 && (
          <div>
            <Title order={2} mb="xs">
              Agreed
            </Title>
            {approvals.map(({ by, at, comment }) => (
              <Text key={by.id} size="sm">
                {shownText(by.name)}, <Instant at={at} />
                {comment !== '' && `: “${shownText(comment)}”`}
              </Text>
            ))}
          </div>
        )}
        <Group>
          <Anchor component={Link} href={`/projects/${encodeURIComponent(project)}/change-requests`}>
            All change requests
          </Anchor>
        </Group>
      </Stack>
    </Page>
  );
}

function What({ request: { documents, refusal, appliedRevision } }: { readonly request: ChangeRequest }) {
  if (appliedRevision !== null) return <Applied revision={appliedRevision} />;
  if (documents) return <Difference documents={documents} />;
  if (!refusal) return <Text size="sm">Nothing: it is over.</Text>;
  // The server's message is for a caller that has read a version; here nobody has read one.
  const isOvertaken = refusal.code === 'VERSION_CONFLICT';
  const title = isOvertaken ? 'Somebody has changed it since this was proposed' : refusal.message;
  return (
    <Alert color="orange" icon={<IconAlertTriangle aria-hidden />} title={title} role="note">
      {isOvertaken
        ? 'It cannot be applied any more. Withdraw it, and propose it anew from what is there now.'
        : refusal.fix}
    </Alert>
  );
}

function Applied({ revision }: { readonly revision: number }) {
  const { data } = useSuspenseQuery(changeQuery(revision));
  return <Difference documents={data.documents.filter(({ kind }) => kind !== 'change-request')} />;
}
