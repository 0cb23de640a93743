import { Alert, Button, Checkbox, PasswordInput, Stack } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { NewPassword } from '../../access/new-password.tsx';
import { isStrong } from '../../access/password-rules.ts';
import { SignInProblem } from '../../access/sign-in-problem.tsx';
import { changePassword, sessionsQuery } from '../../api/account.ts';
import { useMe } from '../../api/me.ts';
import { useUnsavedForm } from '../../drafts/unsaved.ts';

/** A new password, with the old one. */
export function PasswordForm() {
  const me = useMe();
  const queryClient = useQueryClient();
  const [current, setCurrent] = useState('');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [endOthers, setEndOthers] = useState(true);
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<{ readonly error: unknown } | 'done' | null>(null);
  useUnsavedForm(
    'your new password',
    [current, password, again].some((typed) => typed !== ''),
  );
  const email = me.email ?? '';
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    setOutcome(null);
    if (current === '' || !isStrong(password, email) || password !== again) return;
    setBusy(true);
    try {
      await changePassword(current, password, endOthers);
      setOutcome('done');
      for (const empty of [setCurrent, setPassword, setAgain]) empty('');
      setTried(false);
      void queryClient.invalidateQueries({ queryKey: sessionsQuery.queryKey });
    } catch (error) {
      setOutcome({ error });
    }
    setBusy(false);
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm" maw={420}>
        <input type="text" hidden readOnly autoComplete="username" value={email} />
        <PasswordInput
          label="Present password"
          autoComplete="current-password"
          required
          value={current}
          error={isTried && current === '' ? 'The one that you sign in with now is needed.' : null}
          onChange={(event) => setCurrent(event.currentTarget.value)}
          visibilityToggleButtonProps={{ 'aria-label': 'Show the present password', tabIndex: 0 }}
        />
        <NewPassword
          email={email}
          password={password}
          again={again}
          isTried={isTried}
          onPassword={setPassword}
          onAgain={setAgain}
        />
        <Checkbox
          label="Sign me out everywhere else"
          checked={endOthers}
          onChange={(event) => setEndOthers(event.currentTarget.checked)}
        />
        {outcome === 'done' && (
          <Alert color="green" role="status" title="The password is changed">
            {endOthers ? 'All other sessions have ended.' : 'Your other sessions go on.'}
          </Alert>
        )}
        {outcome !== null && outcome !== 'done' && <SignInProblem error={outcome.error} />}
        <div>
          <Button type="submit" variant="default" loading={isBusy}>
            Change the password
          </Button>
        </div>
      </Stack>
    </form>
  );
}
