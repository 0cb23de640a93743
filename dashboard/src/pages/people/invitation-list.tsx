import { Button, Stack, Text, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Invitation, invitationsQuery, revokeInvitation } from '../../api/people.ts';
import classes from '../../elements/card-list.module.css';
import { Instant } from '../../elements/instant.tsx';
import { Problem } from '../../elements/problem.tsx';
import { ReasonDialog } from '../../elements/reason-dialog.tsx';
import { grantsSentence } from '../../sentences/grants-sentence.ts';
import { shownText } from '../../sentences/shown-text.ts';

const PURPOSES = {
  'set-up': 'to set this server up',
  invitation: 'invited',
  reset: 'for a new password',
} as const;

/** Links that still work, and their end. */
export function InvitationList() {
  const queryClient = useQueryClient();
  const { data, error } = useQuery(invitationsQuery);
  const [revoking, setRevoking] = useState<Invitation | null>(null);
  const open = data?.filter(({ status }) => status === 'open') ?? [];
  if (error) return <Problem error={error} />;
  if (open.length === 0) return null;
  return (
    <Stack gap="xs" component="section" aria-label="Open links">
      <Title order={2}>Open links</Title>
      <ul className={classes.list}>
        {open.map((invitation) => {
          const who = shownText(invitation.email ?? 'whoever has the link');
          return (
            <li key={invitation.id} className={classes.card}>
              <div className={classes.about}>
                <Text lineClamp={2}>
                  <b>{who}</b> {PURPOSES[invitation.purpose]}
                </Text>
                {invitation.purpose !== 'reset' && <Text size="sm">{grantsSentence(invitation.grants)}</Text>}
                <Text size="sm" c="dimmed">
                  Made by {shownText(invitation.createdBy)} <Instant at={invitation.createdAt} />, ends{' '}
                  <Instant at={invitation.expiresAt} />
                </Text>
              </div>
              <Button
                variant="default"
                size="xs"
                onClick={() => setRevoking(invitation)}
                aria-label={`Revoke the link of ${who}`}
              >
                Revoke
              </Button>
            </li>
          );
        })}
      </ul>
      {revoking && (
        <ReasonDialog
          title="Revoke this link?"
          act="Revoke"
          isDestructive
          reason="optional"
          onAct={async (reason) => {
            await revokeInvitation(revoking.id, reason);
            await queryClient.invalidateQueries({ queryKey: invitationsQuery.queryKey });
          }}
          onClose={() => setRevoking(null)}
        >
          <Text size="sm">Whoever opens it is told that it does not work any more. You can make another.</Text>
        </ReasonDialog>
      )}
    </Stack>
  );
}
