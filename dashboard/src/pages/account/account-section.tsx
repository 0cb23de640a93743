import { Paper, Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  readonly title: string;
  readonly children: ReactNode;
}

/** One matter of an account. */
export function AccountSection({ title, children }: Props) {
  return (
    <Paper withBorder p="md" component="section" aria-label={title}>
      <Stack gap="sm" align="stretch">
        <Title order={2}>{title}</Title>
        {children}
      </Stack>
    </Paper>
  );
}
