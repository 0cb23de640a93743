import { Stack, Title } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './flag-row.module.css';

interface Props {
  readonly title: string;
  readonly children: readonly ReactNode[];
}

/** Flags under a heading; nothing at all if there are none. */
export function FlagSection({ title, children }: Props) {
  if (children.length === 0) return null;
  return (
    <Stack gap={6} component="section" aria-label={title}>
      <Title order={2} size="h3">
        {title}
      </Title>
      <ul className={classes.list}>{children}</ul>
    </Stack>
  );
}
