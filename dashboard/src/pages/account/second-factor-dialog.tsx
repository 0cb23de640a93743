import { Box, Button, Code, Group, Stack, Text, TextInput } from '@mantine/core';
import { QRCodeSVG } from 'qrcode.react';
import { type FormEvent, useState } from 'react';
import { SignInProblem } from '../../access/sign-in-problem.tsx';
import type { SecondFactor } from '../../api/account.ts';
import { sendSecondFactor } from '../../api/sign-in.ts';
import { CopyButton } from '../../elements/copy-button.tsx';
import { Dialog } from '../../elements/dialog.tsx';
import { DialogFooter } from '../../elements/dialog-footer.tsx';
import { BackupCodes, CODES_LOSS } from './backup-codes.tsx';

interface Props {
  readonly fresh: SecondFactor;
  /** The first code was right: it is on. */
  readonly onDone: () => void;
  readonly onClose: () => void;
}

/** First the authenticator is shown what it needs and proves that it works; then there are codes to be kept. */
export function SecondFactorDialog({ fresh, onDone, onClose }: Props) {
  const [isDone, setDone] = useState(false);
  return (
    <Dialog
      onClose={onClose}
      // Before the first code nothing is turned on; people who have scanned the secret already would have to start
      // over.
      holds={(isTouched) => isTouched || isDone}
      loss={isDone ? CODES_LOSS : 'The second factor is not on yet.'}
      title={isDone ? 'Keep these codes' : 'Show this to your authenticator'}
    >
      {isDone ? (
        <BackupCodes codes={fresh.backupCodes} onClose={onClose} />
      ) : (
        <FirstCode
          totpUri={fresh.totpURI}
          onRight={() => {
            setDone(true);
            onDone();
          }}
        />
      )}
    </Dialog>
  );
}

function FirstCode({ totpUri, onRight }: { readonly totpUri: string; readonly onRight: () => void }) {
  const [code, setCode] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const secret = new URLSearchParams(totpUri.split('?')[1]).get('secret') ?? '';
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const given = code.replace(/\s/g, '');
    if (given === '') return;
    setBusy(true);
    setError(null);
    await sendSecondFactor(given, 'totp').then(onRight, (problem: unknown) => {
      setError(problem);
      setBusy(false);
    });
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack>
        {/* Cameras want dark on light, whatever the page looks like. */}
        <Box bg="white" p="md" mx="auto" style={{ borderRadius: 8, lineHeight: 0 }}>
          <QRCodeSVG value={totpUri} size={200} title="QR code for the authenticator" />
        </Box>
        <Group gap={4} wrap="nowrap">
          <Text size="sm">
            Or type it: <Code>{secret}</Code>
          </Text>
          <CopyButton text={secret} what="the secret" />
        </Group>
        <TextInput
          data-autofocus
          label="Code"
          description="The six digits that it shows now. With them it is on."
          autoComplete="one-time-code"
          inputMode="numeric"
          required
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        {error !== null && <SignInProblem error={error} />}
        <DialogFooter>
          <Button type="submit" loading={isBusy}>
            Turn it on
          </Button>
        </DialogFooter>
      </Stack>
    </form>
  );
}
