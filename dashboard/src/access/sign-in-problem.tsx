import { Alert } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Problem } from '../elements/problem.tsx';
import { signInWords } from './sign-in-words.ts';

/** What went wrong when somebody wanted in. */
export function SignInProblem({ error }: { readonly error: unknown }) {
  const words = signInWords(error);
  if (!words) return <Problem error={error} />;
  return (
    <Alert role="alert" color="red" icon={<IconAlertTriangle aria-hidden />} title={words.title}>
      {words.fix}
    </Alert>
  );
}
