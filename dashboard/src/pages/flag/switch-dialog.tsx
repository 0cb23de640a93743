import { Text } from '@mantine/core';
import { afterWrite } from '../../api/after-write.ts';
import type { Flag } from '../../api/flags.ts';
import type { Environment } from '../../api/projects.ts';
import { killWrite, restoreWrite } from '../../api/switches.ts';
import { carryOut, propose } from '../../api/write.ts';
import { ReasonDialog } from '../../elements/reason-dialog.tsx';
import { showPropagation } from '../../propagation/show-propagation.tsx';
import { restoringSentence } from '../../sentences/flag-light.ts';
import { shownText } from '../../sentences/shown-text.ts';

interface Props {
  readonly flag: Flag;
  readonly environment: Environment;
  readonly act: 'kill' | 'restore';
  readonly onClose: () => void;
}

/** Kills a flag in one environment, or brings it back. */
export function SwitchDialog({ flag, environment, act, onClose }: Props) {
  const { project, key } = flag;
  const where = shownText(environment.name || environment.key);
  const name = shownText(flag.name || key).slice(0, 80);
  const summary = flag.environments.find((each) => each.environment === environment.key);
  const killed = summary?.killed;
  const restores = summary ? restoringSentence(flag, summary) : '';
  const isKill = act === 'kill';
  const write = (reason: string | undefined) =>
    isKill
      ? killWrite(project, key, environment.key, reason ?? '')
      : restoreWrite(project, key, environment.key, reason);
  const carry = async (reason: string | undefined): Promise<void> => {
    const { revision, changed } = await carryOut(write(reason));
    void afterWrite(project, key);
    if (changed && revision !== undefined) {
      showPropagation(`${isKill ? 'Killed' : 'Restored'}: ${name} in ${where}`, {
        project,
        environment: environment.key,
        revision,
      });
    }
  };
  return (
    <ReasonDialog
      title={`${isKill ? 'Kill' : 'Restore'} ${name} in ${where}?`}
      act={isKill ? `Kill in ${where}` : `Restore in ${where}`}
      isDestructive={isKill}
      reason={isKill || environment.protected ? 'required' : 'optional'}
      onAct={carry}
      {...(!isKill && { onPropose: (reason: string | undefined) => propose(write(reason)) })}
      project={project}
      onClose={onClose}
    >
      <Text size="sm">
        {isKill
          ? 'It is off for everyone at once, whatever its rules say, and stays off until somebody restores it. Its rules are kept.'
          : restores}
      </Text>
      {killed && (
        <Text size="sm" c="dimmed">
          {shownText(killed.by)} killed it: {shownText(killed.reason)}
        </Text>
      )}
    </ReasonDialog>
  );
}
