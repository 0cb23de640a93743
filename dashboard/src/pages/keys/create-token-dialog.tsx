import { Group, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { GrantFields } from '../../access/grant-fields.tsx';
import { createAdminToken, type Minted } from '../../api/keys.ts';
import type { Grant } from '../../api/me.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { FormDialog } from '../../elements/form-dialog.tsx';
import { ReasonField } from '../../elements/reason-field.tsx';
import { type Expiry, ExpiryField, expiresAt } from './expiry-field.tsx';

interface Props {
  readonly project: string;
  readonly onMinted: (minted: Minted) => void;
  readonly onClose: () => void;
}

/** Makes a token for a pipeline or the command line, which reaches no further than its maker. */
export function CreateTokenDialog({ project, onMinted, onClose }: Props) {
  const queryClient = useQueryClient();
  const [name, setName] = useState('');
  const [grant, setGrant] = useState<Grant>({ role: 'operator', project, environment: null });
  const [expiry, setExpiry] = useState<Expiry>({ choice: '90', date: '' });
  const [reason, setReason] = useState('');
  const [isTried, setTried] = useState(false);
  const create = async (): Promise<void> => {
    const ends = expiresAt(expiry, Date.now());
    const minted = await createAdminToken({
      name: name.trim(),
      role: grant.role,
      ...(grant.project !== null && { project: grant.project }),
      ...(grant.environment !== null && { environment: grant.environment }),
      ...(typeof ends === 'number' && { expiresAt: ends }),
      ...(reason.trim() !== '' && { reason: reason.trim() }),
    });
    void queryClient.invalidateQueries({ queryKey: queryKeys.credentials });
    onMinted(minted);
  };
  return (
    <FormDialog
      title="Create an admin token"
      act="Create token"
      check={() => {
        setTried(true);
        return name.trim() !== '' && expiresAt(expiry, Date.now()) !== 'missing';
      }}
      onAct={create}
      onClose={onClose}
    >
      <TextInput
        data-autofocus
        label="Name"
        description="It stands in the history beside what the token does."
        placeholder="deploy pipeline"
        required
        maxLength={200}
        value={name}
        error={isTried && name.trim() === '' ? 'A name is needed.' : null}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Group gap="sm" align="flex-start">
        <GrantFields grant={grant} onChange={setGrant} />
      </Group>
      <ExpiryField value={expiry} isTried={isTried} onChange={setExpiry} />
      <ReasonField value={reason} onChange={setReason} isRequired={false} />
    </FormDialog>
  );
}
