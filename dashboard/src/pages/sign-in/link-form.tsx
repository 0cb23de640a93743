import { Button, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { NewPassword } from '../../access/new-password.tsx';
import { isStrong } from '../../access/password-rules.ts';
import { SignInProblem } from '../../access/sign-in-problem.tsx';
import { acceptLink, type LinkPurpose } from '../../api/sign-in.ts';
import { shownText } from '../../sentences/shown-text.ts';

const ACTS = { 'set-up': 'Become the first administrator', invitation: 'Come in', reset: 'Set the password' } as const;

interface Props {
  readonly code: string;
  readonly link: LinkPurpose;
  readonly onIn: () => void;
}

/** Who one is, and the password that one chooses. */
export function LinkForm({ code, link, onIn }: Props) {
  const [email, setEmail] = useState(link.email ?? '');
  const [name, setName] = useState(link.name ?? '');
  const [password, setPassword] = useState('');
  const [again, setAgain] = useState('');
  const [isTried, setTried] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const isNew = link.purpose !== 'reset';
  const emailProblem = /^\S+@\S+$/.test(email.trim()) ? null : 'An address of e-mail is needed.';
  const nameProblem = !isNew || name.trim() !== '' ? null : 'Your name stands in the history beside what you do.';
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (emailProblem ?? nameProblem) return;
    if (!isStrong(password, email) || password !== again) return;
    setBusy(true);
    setError(null);
    const who = { email: email.trim(), ...(isNew && { name: name.trim() }) };
    await acceptLink({ code, ...who, password }).then(onIn, (problem: unknown) => {
      setError(problem);
      setBusy(false);
    });
  };
  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="sm">
        {link.email === null ? (
          <TextInput
            inputMode="email"
            label="E-mail"
            description="With it you will sign in."
            autoComplete="username"
            required
            value={email}
            error={isTried ? emailProblem : null}
            onChange={(event) => setEmail(event.currentTarget.value)}
          />
        ) : (
          <>
            <Text size="sm">
              For <b>{shownText(link.email)}</b>
            </Text>
            {/* So that a password manager knows whose password this is. */}
            <input type="text" hidden readOnly autoComplete="username" value={link.email} />
          </>
        )}
        {isNew && (
          <TextInput
            label="Name"
            description="As your colleagues know you; it stands beside what you change."
            autoComplete="name"
            required
            maxLength={200}
            value={name}
            error={isTried ? nameProblem : null}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        <NewPassword
          email={email}
          password={password}
          again={again}
          isTried={isTried}
          onPassword={setPassword}
          onAgain={setAgain}
        />
        {error !== null && <SignInProblem error={error} />}
        <Button type="submit" loading={isBusy} fullWidth>
          {ACTS[link.purpose]}
        </Button>
      </Stack>
    </form>
  );
}
