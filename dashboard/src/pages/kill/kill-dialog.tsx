import { Text } from '@mantine/core';
import { killWrite } from '../../api/switches.ts';
import { carryOut, type Written } from '../../api/write.ts';
import { ReasonDialog } from '../../elements/reason-dialog.tsx';
import { shownText } from '../../sentences/shown-text.ts';

const QUICK_REASONS = ['Errors', 'Too slow', 'Wrong results', 'Customers complain', 'Security', 'Drill'] as const;

interface Props {
  readonly project: string;
  readonly environment: string;
  readonly flag: string;
  readonly onKilled: (written: Written) => void;
  readonly onClose: () => void;
}

/** The one question before a kill. Nothing has to be read from the server to ask it, and one request answers it. */
export function KillDialog({ project, environment, flag, onKilled, onClose }: Props) {
  return (
    <ReasonDialog
      title={`Kill ${shownText(flag)} in ${shownText(environment)}?`}
      act={`Kill now in ${shownText(environment)}`}
      isDestructive
      reason="required"
      quickReasons={QUICK_REASONS}
      onAct={async (reason) => onKilled(await carryOut(killWrite(project, flag, environment, reason ?? '')))}
      onClose={onClose}
    >
      <Text size="sm">
        Everybody gets its off variation at once, and nobody can turn it on again but by restoring it.
      </Text>
    </ReasonDialog>
  );
}
