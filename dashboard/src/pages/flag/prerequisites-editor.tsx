import { litVariations } from '@dimmer/core/light';
import { ActionIcon, Button, Group, MultiSelect, Select, Stack, Text, Title } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { type Flag, flagsQuery } from '../../api/flags.ts';
import { shownText } from '../../sentences/shown-text.ts';
import type { Editing } from './use-draft.ts';

const MOST = 20;

interface Props {
  readonly flag: Flag;
  readonly editing: Editing;
  readonly problems: ReadonlyMap<string, string>;
  readonly mayWrite: boolean;
}

/** Other flags that must be on, and serve what, before this one serves anything but its off variation. */
export function PrerequisitesEditor({ flag, editing, problems, mayWrite }: Props) {
  const { prerequisites } = editing.body;
  const { data: flags = [] } = useQuery({ ...flagsQuery(flag.project), enabled: mayWrite || prerequisites.length > 0 });
  const set = (index: number, changed: (typeof prerequisites)[number]): void =>
    editing.edit({ prerequisites: prerequisites.map((each, place) => (place === index ? changed : each)) });
  const usable = flags.filter(
    ({ key, archived }) => key !== flag.key && !archived && !prerequisites.some((each) => each.flag === key),
  );
  return (
    <section aria-labelledby="prerequisites-title">
      <Group justify="space-between" mb="xs">
        <Title order={2} id="prerequisites-title">
          Prerequisites
        </Title>
        {mayWrite && prerequisites.length < MOST && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconPlus size={14} aria-hidden />}
            onClick={() => editing.edit({ prerequisites: [...prerequisites, { flag: '', variations: [] }] })}
          >
            Add a prerequisite
          </Button>
        )}
      </Group>
      <Stack gap="sm">
        {prerequisites.length === 0 && (
          <Text c="dimmed" size="sm">
            None: it stands on its own.
          </Text>
        )}
        {prerequisites.map((needed, index) => {
          const other = flags.find(({ key }) => key === needed.flag);
          const variations = [...new Set([...(other?.variations.map(({ key }) => key) ?? []), ...needed.variations])];
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: while one is chosen it has no name yet.
            <Group key={index} gap="xs" align="flex-start">
              <Select
                label="Flag"
                placeholder="Choose"
                searchable
                limit={50}
                disabled={!mayWrite}
                value={needed.flag || null}
                error={problems.get(`prerequisites[${index}].flag`)}
                data={[
                  ...(needed.flag === '' ? [] : [{ value: needed.flag, label: shownText(needed.flag) }]),
                  ...usable.map(({ key }) => ({ value: key, label: shownText(key) })),
                ]}
                onChange={(key) => {
                  const chosen = flags.find((each) => each.key === key);
                  const lit = chosen?.variations.filter((each) => litVariations(chosen)(each.key));
                  if (key !== null) set(index, { flag: key, variations: lit?.map((each) => each.key) ?? [] });
                }}
                flex="1 1 12rem"
              />
              <MultiSelect
                label="must be on and serve one of"
                disabled={!mayWrite || needed.flag === ''}
                value={[...needed.variations]}
                error={problems.get(`prerequisites[${index}].variations`)}
                data={variations.map((key) => ({ value: key, label: shownText(key) }))}
                onChange={(chosen) => set(index, { ...needed, variations: chosen })}
                flex="1 1 12rem"
              />
              {mayWrite && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  size="lg"
                  mt={26}
                  aria-label={`Remove the prerequisite ${shownText(needed.flag)}`}
                  onClick={() => editing.edit({ prerequisites: prerequisites.filter((_, place) => place !== index) })}
                >
                  <IconX size={16} aria-hidden />
                </ActionIcon>
              )}
            </Group>
          );
        })}
      </Stack>
    </section>
  );
}
