import { Alert, Button, Code, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { CopyButton } from './copy-button.tsx';
import { Dialog } from './dialog.tsx';
import { DialogFooter } from './dialog-footer.tsx';

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

/** A token or link that nobody sees again: it is not closed by a slip. */
export function ShownOnce({ title, what, text, isSecret = true, children, onClose }: Props) {
  return (
    <Dialog
      onClose={onClose}
      title={title}
      size="lg"
      holds={() => isSecret}
      loss={`${sentenceStart(what)} is shown this once.`}
    >
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
        <DialogFooter>
          <Button onClick={onClose}>I have copied it</Button>
        </DialogFooter>
      </Stack>
    </Dialog>
  );
}

function sentenceStart(what: string): string {
  return what.charAt(0).toUpperCase() + what.slice(1);
}
