import { Radio, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { createKey, type Minted } from '../../api/keys.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { FormDialog } from '../../elements/form-dialog.tsx';
import { ReasonField } from '../../elements/reason-field.tsx';
import { shownText } from '../../sentences/shown-text.ts';
import { type Expiry, ExpiryField, expiresAt } from './expiry-field.tsx';

interface Props {
  readonly project: string;
  readonly environment: string;
  readonly isProtected: boolean;
  readonly onMinted: (minted: Minted) => void;
  readonly onClose: () => void;
}

/** Makes a key with which SDKs get the rules of one environment. */
export function CreateKeyDialog({ project, environment, isProtected, onMinted, onClose }: Props) {
  const queryClient = useQueryClient();
  const [kind, setKind] = useState<'server' | 'browser'>('server');
  const [name, setName] = useState('');
  const [expiry, setExpiry] = useState<Expiry>({ choice: 'never', date: '' });
  const [reason, setReason] = useState('');
  const [isTried, setTried] = useState(false);
  const given = reason.trim() || undefined;
  const create = async (): Promise<void> => {
    const ends = expiresAt(expiry, Date.now());
    const minted = await createKey(project, environment, {
      kind,
      name: name.trim(),
      ...(typeof ends === 'number' && { expiresAt: ends }),
      ...(given && { reason: given }),
    });
    void queryClient.invalidateQueries({ queryKey: queryKeys.credentials });
    onMinted(minted);
  };
  return (
    <FormDialog
      title={`Create a key for ${shownText(environment)}`}
      act="Create key"
      check={() => {
        setTried(true);
        return (
          name.trim() !== '' && expiresAt(expiry, Date.now()) !== 'missing' && (!isProtected || given !== undefined)
        );
      }}
      onAct={create}
      onClose={onClose}
    >
      <Radio.Group label="For" value={kind} onChange={(chosen) => setKind(chosen === 'browser' ? 'browser' : 'server')}>
        <Stack gap="xs" mt="xs">
          <Radio value="server" label="Services" description="A secret. Sees all rules of the environment." />
          <Radio value="browser" label="Browsers" description="Public. Sees only flags that are marked for browsers." />
        </Stack>
      </Radio.Group>
      <TextInput
        data-autofocus
        label="Name"
        description="Who will use it, so that it can be recognised when it has to go."
        placeholder="checkout service"
        required
        maxLength={200}
        value={name}
        error={isTried && name.trim() === '' ? 'A name is needed.' : null}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <ExpiryField value={expiry} isTried={isTried} onChange={setExpiry} />
      <ReasonField
        value={reason}
        onChange={setReason}
        isRequired={isProtected}
        isMissing={isTried && isProtected && given === undefined}
      />
    </FormDialog>
  );
}
