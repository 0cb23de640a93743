import { Button, PasswordInput, Stack, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { SignInProblem } from '../../access/sign-in-problem.tsx';
import { signIn } from '../../api/sign-in.ts';

interface Props {
  readonly onIn: () => void;
  readonly onSecondFactor: () => void;
}

/** Address and password. */
export function PasswordStep({ onIn, onSecondFactor }: Props) {
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [isTried, setTried] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (email.trim() === '' || password === '') return;
    setBusy(true);
    setError(null);
    try {
      if ((await signIn(email.trim(), password)) === 'in') onIn();
      else onSecondFactor();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm">
        <TextInput
          inputMode="email"
          label="E-mail"
          autoComplete="username"
          autoFocus
          required
          value={email}
          error={isTried && email.trim() === '' ? 'Your address is needed.' : null}
          onChange={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordInput
          label="Password"
          autoComplete="current-password"
          required
          value={password}
          error={isTried && password === '' ? 'Your password is needed.' : null}
          onChange={(event) => setPassword(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the password', tabIndex: 0 }}
        />
        {error !== null && <SignInProblem error={error} />}
        <Button type="submit" loading={isBusy} fullWidth>
          Sign in
        </Button>
      </Stack>
    </form>
  );
}
