import { Alert, Stack } from '@mantine/core';
import { IconArchive } from '@tabler/icons-react';
import { useSuspenseQuery } from '@tanstack/react-query';
import { useSearchParams } from 'wouter';
import { flagQuery } from '../../api/flags.ts';
import { environmentsQuery } from '../../api/projects.ts';
import { useUnsaved } from '../../drafts/unsaved.ts';
import { Empty } from '../../elements/empty.tsx';
import { draftName, draftsOf, keepDraft } from './drafts.ts';
import { EnvironmentCards } from './environment-cards.tsx';
import { EnvironmentPanel } from './environment-panel.tsx';
import { FlagHeader } from './flag-header.tsx';
import { lastEnvironment, rememberEnvironment } from './last-environment.ts';
import { StaleNote } from './stale-note.tsx';

/** One flag: every environment in short, and one of them in full. */
export function FlagPage({ project, flag: key }: { readonly project: string; readonly flag: string }) {
  const { data: flag } = useSuspenseQuery(flagQuery(project, key));
  const { data: all } = useSuspenseQuery(environmentsQuery(project));
  const [search, setSearch] = useSearchParams();
  // Some may be hidden from this person.
  const environments = all.filter((each) => flag.environments.some(({ environment }) => environment === each.key));
  useUnsaved(() =>
    draftsOf(
      project,
      key,
      environments.map((each) => each.key),
    ).map((what) => ({
      what,
      isKept: true,
      discard: () => keepDraft(draftName({ project, flag: key, environment: what }), null),
    })),
  );
  const asked = search.get('environment');
  // Not the one where customers are: a new flag's page does not open in production.
  const environment =
    environments.find((each) => each.key === asked) ??
    environments.find((each) => each.key === lastEnvironment(project)) ??
    environments[0];
  const choose = (name: 'environment' | 'tab', value: string): void =>
    setSearch(
      (before) => {
        before.set(name, value);
        return before;
      },
      { replace: true },
    );
  return (
    <FlagHeader flag={flag} environments={environments}>
      {flag.archived && (
        <Alert color="gray" icon={<IconArchive aria-hidden />} title="This flag is archived">
          It is in no environment’s rules: callers get the default in their own code. Unarchive it to use or change it
          again.
        </Alert>
      )}
      <StaleNote flag={flag} />
      {environment === undefined ? (
        <Empty title="No environment yet">Create one under Environments; this flag will be off in it.</Empty>
      ) : (
        <Stack gap="lg">
          <EnvironmentCards
            flag={flag}
            environments={environments}
            chosen={environment.key}
            onChoose={(chosen) => {
              rememberEnvironment(project, chosen);
              choose('environment', chosen);
            }}
          />
          <EnvironmentPanel
            key={environment.key}
            flag={flag}
            environment={environment}
            environments={environments}
            tab={search.get('tab') ?? 'targeting'}
            onTab={(tab) => choose('tab', tab)}
          />
        </Stack>
      )}
    </FlagHeader>
  );
}
