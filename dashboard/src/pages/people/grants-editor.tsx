import { ActionIcon, Button, Group, Stack, Text } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { GrantFields } from '../../access/grant-fields.tsx';
import type { Grant } from '../../api/me.ts';
import { grantSentence } from '../../sentences/grants-sentence.ts';
import classes from './people.module.css';

interface Props {
  readonly grants: readonly Grant[];
  readonly onChange: (grants: readonly Grant[]) => void;
}

/** What somebody may do: roles, each with its reach. */
export function GrantsEditor({ grants, onChange }: Props) {
  return (
    <Stack gap="xs" role="group" aria-label="Roles">
      {grants.length === 0 && (
        <Text size="sm" c="dimmed">
          No role: they can sign in, and see nothing.
        </Text>
      )}
      {grants.map((grant, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: roles have no other name, and two may be the same.
        <div key={index} className={classes.grant}>
          <Group gap="sm" align="flex-start" flex={1} miw={0}>
            <GrantFields
              grant={grant}
              onChange={(changed) => onChange(grants.map((each, place) => (place === index ? changed : each)))}
            />
          </Group>
          <ActionIcon
            variant="subtle"
            aria-label={`Remove ${grantSentence(grant)}`}
            onClick={() => onChange(grants.filter((_, place) => place !== index))}
          >
            <IconX size={16} aria-hidden />
          </ActionIcon>
        </div>
      ))}
      <div>
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={14} aria-hidden />}
          onClick={() => onChange([...grants, { role: 'viewer', project: null, environment: null }])}
        >
          Add a role
        </Button>
      </div>
    </Stack>
  );
}
