import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { Grant } from '../../api/me.ts';
import { invitationsQuery, invite, type MadeLink } from '../../api/people.ts';
import { lastProject } from '../../drafts/last-project.ts';
import { FormDialog } from '../../elements/form-dialog.tsx';
import { GrantsEditor } from './grants-editor.tsx';

interface Props {
  readonly onMade: (made: MadeLink) => void;
  readonly onClose: () => void;
}

/** Makes a link for somebody, with what they may do once they are in. */
export function InviteDialog({ onMade, onClose }: Props) {
  const queryClient = useQueryClient();
  const [email, setEmail] = useState('');
  const [grants, setGrants] = useState<readonly Grant[]>(() => [
    { role: 'editor', project: lastProject(), environment: null },
  ]);
  const [isTried, setTried] = useState(false);
  const problem = /^\S+@\S+$/.test(email.trim()) ? null : 'An address of e-mail is needed.';
  return (
    <FormDialog
      title="Invite somebody"
      act="Make the link"
      isWide
      check={() => {
        setTried(true);
        return problem === null;
      }}
      onAct={async () => {
        const made = await invite(email.trim(), grants);
        void queryClient.invalidateQueries({ queryKey: invitationsQuery.queryKey });
        onMade(made);
      }}
      onClose={onClose}
    >
      <TextInput
        data-autofocus
        inputMode="email"
        label="E-mail"
        description="With it they will sign in. Nothing is sent there: you get a link, and hand it over."
        required
        value={email}
        error={isTried ? problem : null}
        onChange={(event) => setEmail(event.currentTarget.value)}
      />
      <GrantsEditor grants={grants} onChange={setGrants} />
    </FormDialog>
  );
}
