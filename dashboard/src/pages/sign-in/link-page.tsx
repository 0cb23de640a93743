import { Alert, Anchor, Button, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link, useLocation } from 'wouter';
import { sessionQuery } from '../../api/me.ts';
import { ServerError } from '../../api/request.ts';
import { linkQuery } from '../../api/sign-in.ts';
import { Loading } from '../../elements/loading.tsx';
import { Problem } from '../../elements/problem.tsx';
import { Entrance } from './entrance.tsx';
import { LinkForm } from './link-form.tsx';

const TITLES = { 'set-up': 'Set Dimmer up', invitation: 'Welcome to Dimmer', reset: 'A new password' } as const;
const LEADS = {
  'set-up': 'You will be the first administrator of this server, and can invite everybody else.',
  invitation: 'You have been invited. Say who you are and choose a password.',
  reset: 'All your sessions end, and a second factor is turned off: turn it on again afterwards.',
} as const;

/** Set-up, invitation or reset: the code stands behind the #, which browsers send to nobody. */
export function LinkPage() {
  const code = useHash();
  const [, navigate] = useLocation();
  const queryClient = useQueryClient();
  const { data: link, error, refetch } = useQuery({ ...linkQuery(code), enabled: code !== '' });
  const go = async (): Promise<void> => {
    queryClient.clear();
    await queryClient.fetchQuery(sessionQuery).catch(() => null);
    navigate('/', { replace: true });
  };
  if (link) {
    return (
      <Entrance title={TITLES[link.purpose]} lead={LEADS[link.purpose]}>
        <LinkForm code={code} link={link} onIn={() => void go()} />
      </Entrance>
    );
  }
  if (code === '' || (error instanceof ServerError && error.status >= 400 && error.status < 429)) {
    return (
      <Entrance title="This link does not work">
        <Alert color="orange" role="alert" title={code === '' ? 'It has lost its end' : 'It is used up or too old'}>
          {code === ''
            ? 'The part behind the # is missing. Copy the whole link, or have it sent to you again.'
            : 'A link works once, an invitation for seven days, one for a new password for a day. Ask whoever sent it for another; a new administrator’s set-up link is printed by the server when it starts.'}
        </Alert>
        <Text size="sm">
          Have you set a password already?{' '}
          <Anchor component={Link} href="/sign-in" underline="always">
            Sign in
          </Anchor>
        </Text>
      </Entrance>
    );
  }
  return (
    <Entrance title="Welcome">
      {error ? (
        <Stack>
          <Problem error={error} />
          <Button variant="default" onClick={() => void refetch()}>
            Try again
          </Button>
        </Stack>
      ) : (
        <Loading what="the link" />
      )}
    </Entrance>
  );
}

/** What stands behind the # of the address. */
function useHash(): string {
  const [hash, setHash] = useState(() => window.location.hash.slice(1));
  useEffect(() => {
    const read = (): void => setHash(window.location.hash.slice(1));
    window.addEventListener('hashchange', read);
    return () => window.removeEventListener('hashchange', read);
  }, []);
  return hash;
}
