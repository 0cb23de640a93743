import { Button, Stack } from '@mantine/core';
import { useState } from 'react';
import { SignInProblem } from '../../access/sign-in-problem.tsx';
import { beginSingleSignOn } from '../../api/sign-in.ts';
import { shownText } from '../../sentences/shown-text.ts';

interface Props {
  readonly provider: { readonly id: string; readonly name: string };
  readonly next: string;
}

/** Goes to the identity provider of this server. */
export function SingleSignOn({ provider, next }: Props) {
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const begin = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      window.location.assign(await beginSingleSignOn(provider.id, next));
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Stack gap="sm">
      <Button variant="default" fullWidth loading={isBusy} onClick={() => void begin()}>
        Sign in with {shownText(provider.name).slice(0, 40)}
      </Button>
      {error !== null && <SignInProblem error={error} />}
    </Stack>
  );
}
