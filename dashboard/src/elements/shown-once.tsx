import { Alert, Button, Code, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';
import { Dialog } from './dialog.tsx';
import { useUnsavedForm } from './unsaved.ts';

interface Props {
  readonly title: string;
  /** What it is, e.g. `the token`. */
  readonly what: string;
  readonly text: string;
  /** False: it can be looked up again. */
  readonly isSecret?: boolean;
  /** What to do with it. */
  readonly children: ReactNode;
  readonly onClose: () => void;
}

/** A token or link that nobody sees again: it is not closed by a press beside it. */
export function ShownOnce({ title, what, text, isSecret = true, children, onClose }: Props) {
  useUnsavedForm(`${what} that is shown this once`, isSecret);
  return (
    <Dialog onClose={onClose} closeOnClickOutside={false} closeOnEscape={false} title={title} size="lg">
      <Stack>
        {isSecret && (
          <Alert color="orange" title={`Copy ${what} now`}>
            It is shown this once, and only its hash is kept. Whoever has it can do what it can do.
          </Alert>
        )}
        <Group gap="xs" wrap="nowrap" align="flex-start">
          <Code block flex={1} miw={0} style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {text}
          </Code>
          <CopyButton text={text} what={what} />
        </Group>
        {children}
        <Group justify="flex-end">
          <Button onClick={onClose}>I have copied it</Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
