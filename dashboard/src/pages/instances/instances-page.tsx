import { revisionIn } from '@dimmer/core/ruleset-id';
import { Alert, Group, Stack, Table, Text, TextInput } from '@mantine/core';
import { IconPlugConnectedX, IconSearch } from '@tabler/icons-react';
import { useQuery, useSuspenseQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { type Instances, instancesQuery } from '../../api/instances.ts';
import { environmentsQuery } from '../../api/projects.ts';
import { CodeBlock } from '../../elements/code-block.tsx';
import { Empty } from '../../elements/empty.tsx';
import { EnvironmentPicker, usualEnvironment } from '../../elements/environment-picker.tsx';
import { Loading } from '../../elements/loading.tsx';
import { Page } from '../../elements/page.tsx';
import { Problem } from '../../elements/problem.tsx';
import { inOrder, isLike } from './instance-order.ts';
import { InstanceRow } from './instance-row.tsx';
import classes from './instances.module.css';

/** More lines than anybody reads; the search finds the others. */
const MOST_SHOWN = 200;
const HEADS = ['Instance', 'SDK', 'State', 'Revision', 'Took', 'Last evaluated', 'Connected'];
const number = new Intl.NumberFormat();

/** Who is connected, and what each has: those that are behind first. */
export function InstancesPage({ project }: { readonly project: string }) {
  const { data: environments } = useSuspenseQuery(environmentsQuery(project));
  const [params, setParams] = useSearchParams();
  const environment = params.get('environment') ?? usualEnvironment(environments);
  const { data, error } = useQuery(instancesQuery(project, environment));
  return (
    <Page
      title="Instances"
      lead="Every SDK that is connected, or was within the last ten minutes, and which rules it decides by."
    >
      <EnvironmentPicker
        environments={environments}
        value={environment}
        onChange={(chosen) => setParams({ environment: chosen }, { replace: true })}
      />
      {error && <Problem error={error} title="The instances could not be asked for" />}
      {!data && !error && <Loading what="the instances" />}
      {data && <List key={environment} instances={data} />}
    </Page>
  );
}

function List({ instances: { id, everywhere, items } }: { readonly instances: Instances }) {
  const [search, setSearch] = useState('');
  const found = inOrder(items).filter((instance) => isLike(instance, search));
  const count = (standing: string) => items.filter((instance) => instance.standing === standing).length;
  const behind = count('behind') + count('failed');
  return (
    <Stack gap="sm">
      {!everywhere && (
        <Alert color="orange" icon={<IconPlugConnectedX aria-hidden />} title="Not all servers can be asked">
          These are the instances of this server alone, because the database is away.
        </Alert>
      )}
      {items.length === 0 ? (
        <Empty title="Nobody is connected">
          As soon as an application starts with a key of this environment, it stands here. Take a key from the page
          Keys, and in the application:
        </Empty>
      ) : (
        <>
          <Group justify="space-between" gap="xs">
            <Text role="status" fw={650}>
              {behind + count('current') === 0
                ? 'No instance has said yet which rules it has'
                : behind === 0
                  ? `${number.format(count('current'))} connected at revision ${revisionIn(id)}`
                  : `${number.format(behind)} of ${number.format(behind + count('current'))} are not at revision ${revisionIn(id)} yet`}
              {count('silent') > 0 &&
                behind + count('current') > 0 &&
                `, ${number.format(count('silent'))} ${count('silent') === 1 ? 'does' : 'do'} not say`}
              {count('gone') > 0 && (
                <Text
                  span
                  c="dimmed"
                  fw={400}
                >{`, ${number.format(count('gone'))} ${count('gone') === 1 ? 'has' : 'have'} gone`}</Text>
              )}
            </Text>
            <TextInput
              type="search"
              aria-label="Search instances"
              placeholder="Application, instance or SDK"
              leftSection={<IconSearch size={16} aria-hidden />}
              value={search}
              onChange={(event) => setSearch(event.currentTarget.value)}
              miw={0}
              flex="0 1 18rem"
            />
          </Group>
          <Table className={classes.table} verticalSpacing="xs" highlightOnHover>
            <Table.Thead>
              <Table.Tr>
                {HEADS.map((head) => (
                  <Table.Th key={head}>{head}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {found.slice(0, MOST_SHOWN).map((instance, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: names need not be unique, and rows hold nothing of their own.
                <InstanceRow key={index} instance={instance} />
              ))}
            </Table.Tbody>
          </Table>
          {found.length === 0 && <Text>No instance has that name.</Text>}
          {found.length > MOST_SHOWN && (
            <Text size="sm" c="dimmed">
              And {number.format(found.length - MOST_SHOWN)} more: search for them.
            </Text>
          )}
        </>
      )}
      {items.length === 0 && <CodeBlock label="How an application connects">{SNIPPET}</CodeBlock>}
    </Stack>
  );
}

const SNIPPET = [
  "const flags = createClient({ url: 'https://flags.example.com', key: process.env.DIMMER_KEY, application: 'checkout' });",
  'await flags.ready();',
].join('\n');
