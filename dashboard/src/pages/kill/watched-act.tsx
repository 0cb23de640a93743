import { Button, CloseButton, Group, Paper, Stack, Title } from '@mantine/core';
import { PropagationPanel } from '../../propagation/propagation.tsx';
import { shownText } from '../../sentences/shown-text.ts';

/** What was done from this page last, and is being watched. It stands in the address, so it can be sent to others. */
export interface Watched {
  readonly act: 'killed' | 'restored' | 'reverted';
  readonly flag: string;
  readonly environment: string;
  readonly revision: number;
}

interface Props {
  readonly project: string;
  readonly watched: Watched;
  readonly isKilled: boolean;
  readonly onRestore: (() => void) | null;
  readonly onClose: () => void;
}

/** The answer to “has everybody obeyed?”. */
export function WatchedAct({ project, watched, isKilled, onRestore, onClose }: Props) {
  const { act, flag, environment, revision } = watched;
  return (
    <Paper withBorder p="md" component="section" aria-label="Confirmation">
      <Stack gap="sm">
        <Group justify="space-between" wrap="nowrap" align="flex-start">
          <Title order={2} size="h3" lineClamp={3}>
            {shownText(flag)} is {act} in {shownText(environment)}
          </Title>
          <CloseButton aria-label="Close the confirmation" onClick={onClose} />
        </Group>
        <PropagationPanel project={project} environment={environment} revision={revision} />
        {isKilled && onRestore && (
          <div>
            <Button variant="default" size="md" onClick={onRestore}>
              Restore {shownText(flag).slice(0, 40)}
            </Button>
          </div>
        )}
      </Stack>
    </Paper>
  );
}
