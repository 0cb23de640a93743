import { Text } from '@mantine/core';
import { useState } from 'react';
import { afterWrite } from '../../api/after-write.ts';
import { archiveWrite } from '../../api/flag-acts.ts';
import type { Flag } from '../../api/flags.ts';
import type { Environment } from '../../api/projects.ts';
import { carryOut, propose } from '../../api/write.ts';
import { ReasonDialog } from '../../elements/reason-dialog.tsx';
import { type InUse, inUseBy, MigrationInUse } from '../../history/migration-in-use.tsx';
import { showPropagation } from '../../propagation/show-propagation.tsx';
import { shownText } from '../../sentences/shown-text.ts';

interface Props {
  readonly flag: Flag;
  readonly environments: readonly Environment[];
  readonly onClose: () => void;
}

/** Takes a flag out of every environment, or brings it back. */
export function ArchiveDialog({ flag, environments, onClose }: Props) {
  const { project, key, archived } = flag;
  const name = shownText(flag.name || key).slice(0, 80);
  const on = flag.environments.filter((each) => each.on).map(({ environment }) => shownText(environment));
  const [inUse, setInUse] = useState<InUse>();
  const [force, setForce] = useState(false);
  const write = (reason: string | undefined) => archiveWrite(project, key, !archived, reason, force);
  const act = async (reason: string | undefined): Promise<void> => {
    const { revision, changed } = await carryOut(write(reason)).catch((error: unknown) => {
      setInUse(inUseBy(error));
      throw error;
    });
    void afterWrite(project, key);
    const last = environments.at(-1);
    if (changed && revision !== undefined && last) {
      showPropagation(`${archived ? 'Unarchived' : 'Archived'}: ${name}`, { project, environment: last.key, revision });
    }
  };
  return (
    <ReasonDialog
      title={`${archived ? 'Unarchive' : 'Archive'} ${name}?`}
      act={archived ? 'Unarchive' : 'Archive'}
      isDestructive={!archived}
      reason={force || environments.some((each) => each.protected) ? 'required' : 'optional'}
      onAct={act}
      onPropose={(reason) => propose(write(reason))}
      project={project}
      onClose={onClose}
    >
      <Text size="sm">
        {archived
          ? 'It comes back as it was, in every environment, with its rules.'
          : 'It leaves every environment: callers get the default in their own code. Its rules and its history are kept, and it can be brought back as it was.'}
      </Text>
      {!archived && on.length > 0 && (
        <Text size="sm" fw={650}>
          It is still on in {on.join(', ')}: people there will lose what it gives them.
        </Text>
      )}
      {inUse && <MigrationInUse inUse={inUse} force={force} onForce={setForce} />}
    </ReasonDialog>
  );
}
