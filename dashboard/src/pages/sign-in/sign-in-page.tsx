import { Alert, Button, Divider, Stack } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Redirect, useLocation, useSearchParams } from 'wouter';
import { sessionQuery } from '../../api/me.ts';
import { waysQuery } from '../../api/sign-in.ts';
import { Loading } from '../../elements/loading.tsx';
import { Problem } from '../../elements/problem.tsx';
import { shownText } from '../../sentences/shown-text.ts';
import { Entrance } from './entrance.tsx';
import { nextPath } from './next-path.ts';
import { PasswordStep } from './password-step.tsx';
import { SecondFactorStep } from './second-factor-step.tsx';
import { SingleSignOn } from './single-sign-on.tsx';

/** How people come in: address and password, a second factor if they have one, or single sign-on. */
export function SignInPage() {
  const [search] = useSearchParams();
  const [, navigate] = useLocation();
  const queryClient = useQueryClient();
  const { data: me } = useQuery(sessionQuery);
  const { data: ways, error, refetch } = useQuery(waysQuery);
  const [step, setStep] = useState<'password' | 'second factor'>('password');
  const next = nextPath(search.get('next'));
  if (me) return <Redirect to={next} replace />;

  const go = async (): Promise<void> => {
    // Whatever was read before was read as somebody else.
    queryClient.clear();
    await queryClient.fetchQuery(sessionQuery).catch(() => null);
    navigate(next, { replace: true });
  };
  if (step === 'second factor') {
    return (
      <Entrance title="Second factor">
        <SecondFactorStep onIn={() => void go()} onBack={() => setStep('password')} />
      </Entrance>
    );
  }
  return (
    <Entrance title="Sign in">
      {search.has('error') && (
        <Alert role="alert" color="red" title="Single sign-on did not work">
          It said “{shownText(search.get('error') ?? '').slice(0, 200)}”. Try again, or ask an administrator whether you
          have been invited.
        </Alert>
      )}
      {ways?.setUp && (
        <Alert color="blue" title="Nobody has an account here yet">
          The server printed a set-up link when it was started for the first time. Open that link to become its first
          administrator.
        </Alert>
      )}
      {ways && !ways.password && ways.oidc === null && (
        <Alert color="orange" title="People cannot sign in here">
          Whoever runs this server has to set DIMMER_AUTH_SECRET; tokens and the command line work without it.
        </Alert>
      )}
      {error && (
        <Stack>
          <Problem error={error} />
          <Button variant="default" onClick={() => void refetch()}>
            Try again
          </Button>
        </Stack>
      )}
      {!ways && !error && <Loading what="how to sign in" />}
      {ways?.oidc && <SingleSignOn provider={ways.oidc} next={next} />}
      {ways?.oidc && ways.password && <Divider label="or" />}
      {ways?.password && <PasswordStep onIn={() => void go()} onSecondFactor={() => setStep('second factor')} />}
    </Entrance>
  );
}
