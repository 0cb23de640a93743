import { Badge, Button, Group, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import {
  disableSecondFactor,
  enableSecondFactor,
  type SecondFactor as Fresh,
  newBackupCodes,
} from '../../api/account.ts';
import { sessionQuery } from '../../api/me.ts';
import { Dialog } from '../../elements/dialog.tsx';
import { BackupCodes, CODES_LOSS } from './backup-codes.tsx';
import { PasswordDialog } from './password-dialog.tsx';
import { SecondFactorDialog } from './second-factor-dialog.tsx';

/** A code from a device, besides the password. */
export function SecondFactor({ isOn }: { readonly isOn: boolean }) {
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState<'on' | 'off' | 'codes' | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [fresh, setFresh] = useState<Fresh | null>(null);
  const refresh = () => queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey });
  return (
    <>
      <Group justify="space-between" gap="sm">
        <Text size="sm" maw={440}>
          {isOn
            ? 'Signing in takes your password and a code from your authenticator.'
            : 'Signing in takes your password alone. With an authenticator on your telephone, a stolen password is not enough.'}
        </Text>
        <Badge variant="outline" color={isOn ? 'green.9' : 'gray'} c="inherit">
          {isOn ? 'On' : 'Off'}
        </Badge>
      </Group>
      <Group gap="xs">
        <Button variant="default" onClick={() => setAsking(isOn ? 'off' : 'on')}>
          {isOn ? 'Turn it off' : 'Turn it on'}
        </Button>
        {isOn && (
          <Button variant="default" onClick={() => setAsking('codes')}>
            New backup codes
          </Button>
        )}
      </Group>
      {asking === 'on' && (
        <PasswordDialog
          title="Turn the second factor on"
          act="Go on"
          onAct={async (password) => setFresh(await enableSecondFactor(password))}
          onClose={() => setAsking(null)}
        >
          You need an authenticator: an app on your telephone, or your password manager.
        </PasswordDialog>
      )}
      {asking === 'off' && (
        <PasswordDialog
          title="Turn the second factor off?"
          act="Turn it off"
          isDestructive
          onAct={async (password) => {
            await disableSecondFactor(password);
            await refresh();
          }}
          onClose={() => setAsking(null)}
        >
          Then your password alone is enough to act in your name.
        </PasswordDialog>
      )}
      {asking === 'codes' && (
        <PasswordDialog
          title="New backup codes?"
          act="Make new ones"
          onAct={async (password) => setCodes(await newBackupCodes(password))}
          onClose={() => setAsking(null)}
        >
          The codes that you have kept end.
        </PasswordDialog>
      )}
      {codes && (
        <Dialog onClose={() => setCodes(null)} title="Keep these codes" holds={() => true} loss={CODES_LOSS}>
          <BackupCodes codes={codes} onClose={() => setCodes(null)} />
        </Dialog>
      )}
      {fresh && <SecondFactorDialog fresh={fresh} onDone={() => void refresh()} onClose={() => setFresh(null)} />}
    </>
  );
}
