import { Button, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { SignInProblem } from '../../access/sign-in-problem.tsx';
import { sendSecondFactor } from '../../api/sign-in.ts';

interface Props {
  readonly onIn: () => void;
  readonly onBack: () => void;
}

/** The code of an authenticator, or one that was kept for when it is lost. */
export function SecondFactorStep({ onIn, onBack }: Props) {
  const [kind, setKind] = useState<'totp' | 'backup-code'>('totp');
  const [code, setCode] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const isTotp = kind === 'totp';
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const given = isTotp ? code.replace(/\s/g, '') : code.trim();
    if (given === '') return;
    setBusy(true);
    setError(null);
    await sendSecondFactor(given, kind).then(onIn, (problem: unknown) => {
      setError(problem);
      setBusy(false);
    });
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm">
        <TextInput
          key={kind}
          label={isTotp ? 'Code' : 'Backup code'}
          description={
            isTotp ? 'The six digits that your authenticator shows.' : 'One of those you have kept. It works once.'
          }
          autoComplete={isTotp ? 'one-time-code' : 'off'}
          inputMode={isTotp ? 'numeric' : 'text'}
          autoFocus
          required
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        {error !== null && <SignInProblem error={error} />}
        <Button type="submit" loading={isBusy} fullWidth>
          Go on
        </Button>
        <Button
          variant="subtle"
          onClick={() => {
            setKind(isTotp ? 'backup-code' : 'totp');
            setCode('');
            setError(null);
          }}
        >
          {isTotp ? 'Use a backup code' : 'Use the authenticator'}
        </Button>
        <Button variant="subtle" onClick={onBack}>
          Begin again
        </Button>
      </Stack>
    </form>
  );
}
