import { Text } from '@mantine/core';
import { restoreWrite } from '../../api/switches.ts';
import { carryOut, propose, type Written } from '../../api/write.ts';
import { ReasonDialog } from '../../elements/reason-dialog.tsx';
import { shownText } from '../../sentences/shown-text.ts';

const QUICK_REASONS = ['Fixed', 'It was not the cause', 'Killed by mistake', 'Drill is over'] as const;

interface Props {
  readonly project: string;
  readonly environment: string;
  readonly flag: string;
  readonly isProtected: boolean;
  /** Somebody else has to agree. */
  readonly needsApproval: boolean;
  /** Who asks has just killed it, and may take that back alone. */
  readonly mayUndo: boolean;
  /** What it does, in a sentence; null: not known. */
  readonly restores: string | null;
  readonly onRestored: (written: Written) => void;
  readonly onClose: () => void;
}

/** Asks before a killed flag is turned on again. */
export function RestoreDialog(props: Props) {
  const { project, environment, flag, isProtected, needsApproval, mayUndo, restores, onRestored, onClose } = props;
  const isProposal = needsApproval && !mayUndo;
  const write = (reason: string | undefined) => restoreWrite(project, flag, environment, reason);
  return (
    <ReasonDialog
      title={`Restore ${shownText(flag)} in ${shownText(environment)}?`}
      act="Restore"
      reason={isProtected || isProposal ? 'required' : 'optional'}
      isProposal={isProposal}
      quickReasons={QUICK_REASONS}
      onAct={async (reason) => onRestored(await carryOut(write(reason)))}
      onPropose={(reason) => propose(write(reason))}
      project={project}
      onClose={onClose}
    >
      <Text size="sm">{restores ?? 'It is as it was before the kill, with the rules that are stored.'}</Text>
      {needsApproval && mayUndo && (
        <Text size="sm">You killed it less than 15 minutes ago: you may restore it without another person.</Text>
      )}
      {isProposal && (
        <Text size="sm">
          {shownText(environment)} wants another person’s approval: it stays killed until this is approved and applied.
        </Text>
      )}
    </ReasonDialog>
  );
}
