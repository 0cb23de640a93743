import { Center, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { atBase } from '../../api/base.ts';

interface Props {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly children: ReactNode;
}

/** The frame of what people see before they are in. */
export function Entrance({ title, lead, children }: Props) {
  useDocumentTitle(`${title} · Dimmer`);
  return (
    <Center component="main" mih="100dvh" p="sm">
      <Stack w="100%" maw={420} gap="md">
        <Group gap="xs" justify="center">
          <img src={atBase('/icon.svg')} alt="" width={32} height={32} />
          <Text fw={700} size="xl">
            Dimmer
          </Text>
        </Group>
        <Paper withBorder p={{ base: 'md', xs: 'xl' }}>
          <Stack gap="md">
            <div>
              <Title order={1} size="h2">
                {title}
              </Title>
              {lead !== undefined && (
                <Text size="sm" c="dimmed" mt={4}>
                  {lead}
                </Text>
              )}
            </div>
            {children}
          </Stack>
        </Paper>
      </Stack>
    </Center>
  );
}
