import { Button, Group, Stack, Title } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { adminTokensQuery, environmentKeysQuery, type Minted } from '../../api/keys.ts';
import { environmentsQuery } from '../../api/projects.ts';
import { Empty } from '../../elements/empty.tsx';
import { EnvironmentPicker, usualEnvironment } from '../../elements/environment-picker.tsx';
import { Loading } from '../../elements/loading.tsx';
import { Page } from '../../elements/page.tsx';
import { Problem } from '../../elements/problem.tsx';
import { CreateKeyDialog } from './create-key-dialog.tsx';
import { CreateTokenDialog } from './create-token-dialog.tsx';
import { KeyList } from './key-list.tsx';
import { MintedKey } from './minted-key.tsx';

/** What opens this project: to SDKs by environment, and to pipelines. */
export function KeysPage({ project }: { readonly project: string }) {
  const [search, setSearch] = useSearchParams();
  const { data: environments, error } = useQuery(environmentsQuery(project));
  const environment = search.get('environment') ?? usualEnvironment(environments ?? []);
  const [creating, setCreating] = useState<'key' | 'token' | null>(null);
  const [minted, setMinted] = useState<Minted | null>(null);
  const isProtected = (key: string | null): boolean =>
    environments?.some((each) => each.key === key && each.protected) ?? false;
  const keys = useQuery({ ...environmentKeysQuery(project, environment), enabled: environments !== undefined });
  const tokens = useQuery(adminTokensQuery);
  const ofProject = tokens.data?.filter((token) => token.project === null || token.project === project);
  const createKeyButton = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating('key')}>
      Create key
    </Button>
  );
  const createTokenButton = (
    <Button variant="default" leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating('token')}>
      Create token
    </Button>
  );
  return (
    <Page title="Keys" lead="With a key an SDK gets the rules of one environment. Tokens let pipelines change flags.">
      <Stack gap="xl" maw={900}>
        {error && <Problem error={error} />}
        <Stack gap="sm" component="section" aria-label="Keys of environments">
          <Group justify="space-between" gap="sm">
            <Title order={2}>For SDKs</Title>
            {createKeyButton}
          </Group>
          {environments && (
            <EnvironmentPicker
              environments={environments}
              value={environment}
              onChange={(at) => setSearch({ environment: at }, { replace: true })}
            />
          )}
          {keys.error && <Problem error={keys.error} />}
          {!keys.data && !keys.error && <Loading what="the keys" />}
          {keys.data?.length === 0 && (
            <Empty title="No keys yet" action={createKeyButton}>
              Create one for each service that asks for flags, so that one of them can be revoked without the others.
            </Empty>
          )}
          {keys.data && keys.data.length > 0 && (
            <KeyList label="Keys" keys={keys.data} isProtected={isProtected} onMinted={setMinted} />
          )}
        </Stack>
        <Stack gap="sm" component="section" aria-label="Admin tokens">
          <Group justify="space-between" gap="sm">
            <Title order={2}>For pipelines and the command line</Title>
            {createTokenButton}
          </Group>
          {tokens.error && <Problem error={tokens.error} />}
          {!ofProject && !tokens.error && <Loading what="the tokens" />}
          {ofProject?.length === 0 && (
            <Empty title="No tokens yet" action={createTokenButton}>
              A pipeline that ramps a flag after a deployment needs one with the role operator; whoever is on call may
              keep one with the role break-glass in a drawer.
            </Empty>
          )}
          {ofProject && ofProject.length > 0 && (
            <KeyList label="Admin tokens" keys={ofProject} isProtected={isProtected} onMinted={setMinted} />
          )}
        </Stack>
      </Stack>
      {creating === 'key' && (
        <CreateKeyDialog
          project={project}
          environment={environment}
          isProtected={isProtected(environment)}
          onMinted={setMinted}
          onClose={() => setCreating(null)}
        />
      )}
      {creating === 'token' && (
        <CreateTokenDialog project={project} onMinted={setMinted} onClose={() => setCreating(null)} />
      )}
      {minted && <MintedKey minted={minted} onClose={() => setMinted(null)} />}
    </Page>
  );
}
