import { Alert, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { ServerError } from '../server/request.ts';

interface Props {
  readonly error: unknown;
  /** What failed, e.g. `The flag could not be created`. */
  readonly title?: string;
}

/** What went wrong and what to do about it, in the server's own words. */
export function Problem({ error, title }: Props) {
  const known = error instanceof ServerError ? error : null;
  const message = error instanceof Error ? error.message : String(error);
  return (
    <Alert role="alert" color="red" icon={<IconAlertTriangle aria-hidden />} title={title ?? message}>
      {title !== undefined && <Text size="sm">{message}</Text>}
      {known?.fix !== undefined && <Text size="sm">{known.fix}</Text>}
      {known && (
        <Text size="xs" c="dimmed" ff="monospace">
          {known.code}
        </Text>
      )}
    </Alert>
  );
}
