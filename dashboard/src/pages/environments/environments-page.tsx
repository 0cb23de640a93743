import { Badge, Button, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { IconEdit, IconKey, IconPlus, IconServer } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { useMay } from '../../api/me.ts';
import { type Environment, environmentsQuery } from '../../api/projects.ts';
import { Empty } from '../../elements/empty.tsx';
import { KeyText } from '../../elements/key-text.tsx';
import { Loading } from '../../elements/loading.tsx';
import { Page } from '../../elements/page.tsx';
import { Problem } from '../../elements/problem.tsx';
import { shownText } from '../../sentences/shown-text.ts';
import { EnvironmentDialog } from './environment-dialog.tsx';
import { RulesetSize } from './ruleset-size.tsx';

/** The environments of a project: the same flags, other rules. */
export function EnvironmentsPage({ project }: { readonly project: string }) {
  const may = useMay();
  const { data: environments, error } = useQuery(environmentsQuery(project));
  const [edited, setEdited] = useState<Environment | 'new' | null>(null);
  const create = (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setEdited('new')}>
      Create environment
    </Button>
  );
  const mayCreate = may('manage', project, null);
  return (
    <Page
      title="Environments"
      lead="The same flags with other rules in each: development, staging, production. Every environment has keys of its own."
      actions={mayCreate && create}
    >
      <Stack gap="sm" maw={900}>
        {error && <Problem error={error} />}
        {!environments && !error && <Loading what="the environments" />}
        {environments?.length === 0 && (
          <Empty title="No environments yet" action={mayCreate && create}>
            Create one for where your code runs first, such as development. A flag has its rules in an environment, so
            without one there is nothing to turn on.
          </Empty>
        )}
        {environments?.map((environment) => (
          <EnvironmentCard
            key={environment.key}
            project={project}
            environment={environment}
            onEdit={may('manage', project, environment.key) ? () => setEdited(environment) : null}
          />
        ))}
      </Stack>
      {edited && (
        <EnvironmentDialog
          project={project}
          environment={edited === 'new' ? null : edited}
          onClose={() => setEdited(null)}
        />
      )}
    </Page>
  );
}

interface CardProps {
  readonly project: string;
  readonly environment: Environment;
  readonly onEdit: (() => void) | null;
}

function EnvironmentCard({ project, environment, onEdit }: CardProps) {
  const { key, name, description, approvals = 0 } = environment;
  const at = (page: string): string =>
    `/projects/${encodeURIComponent(project)}/${page}?environment=${encodeURIComponent(key)}`;
  const shown = shownText(name || key);
  return (
    <Paper withBorder p="md" component="article" aria-label={shown}>
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4} miw={0} flex="1 1 14rem">
          <Group gap="xs">
            <Title order={2} lineClamp={2}>
              {shown}
            </Title>
            {shown !== key && <KeyText>{key}</KeyText>}
          </Group>
          {description !== '' && (
            <Text size="sm" lineClamp={4}>
              {shownText(description)}
            </Text>
          )}
          <RulesetSize ruleset={environment.ruleset} />
          <Group gap="xs">
            {environment.protected && (
              <Badge variant="outline" color="gray" c="inherit">
                Protected: changes need a reason
              </Badge>
            )}
            {approvals > 0 && (
              <Badge variant="outline" color="gray" c="inherit">
                A second person has to agree
              </Badge>
            )}
          </Group>
        </Stack>
        <Group gap="xs">
          <Button
            variant="subtle"
            size="xs"
            component={Link}
            href={at('keys')}
            leftSection={<IconKey size={15} aria-hidden />}
            aria-label={`Keys of ${shown}`}
          >
            Keys
          </Button>
          <Button
            variant="subtle"
            size="xs"
            component={Link}
            href={at('instances')}
            leftSection={<IconServer size={15} aria-hidden />}
            aria-label={`Instances of ${shown}`}
          >
            Instances
          </Button>
          {onEdit && (
            <Button
              variant="default"
              size="xs"
              leftSection={<IconEdit size={15} aria-hidden />}
              onClick={onEdit}
              aria-label={`Edit ${shown}`}
            >
              Edit
            </Button>
          )}
        </Group>
      </Group>
    </Paper>
  );
}
