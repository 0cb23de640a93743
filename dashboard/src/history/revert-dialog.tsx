import { Checkbox, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Change, changeQuery } from '../api/changes.ts';
import { environmentsQuery } from '../api/projects.ts';
import { ServerError } from '../api/request.ts';
import { revertWrite } from '../api/switches.ts';
import { touchedBy } from '../api/touched.ts';
import { carryOut, propose, type Written } from '../api/write.ts';
import { Loading } from '../elements/loading.tsx';
import { ReasonDialog } from '../elements/reason-dialog.tsx';
import { changeSentence } from './change-sentence.ts';
import { Difference } from './difference.tsx';
import { type InUse, inUseBy, MigrationInUse } from './migration-in-use.tsx';

interface Props {
  readonly change: Change;
  readonly onReverted?: (written: Written) => void;
  readonly onClose: () => void;
}

/** Whether a change can be undone by a new one: not those of projects, environments, keys and people. */
export function isRevertible({ writes }: Pick<Change, 'writes'>): boolean {
  return writes.length > 0 && writes.every(({ kind }) => ['flag', 'targeting', 'segment'].includes(kind));
}

/** Asks before a change is undone, and shows what that makes. */
export function RevertDialog({ change, onReverted, onClose }: Props) {
  const queryClient = useQueryClient();
  const { data: full } = useQuery(changeQuery(change.revision));
  const { data: environments = [] } = useQuery({
    ...environmentsQuery(change.project ?? ''),
    enabled: change.project !== null,
  });
  const [isConflict, setConflict] = useState(false);
  const [inUse, setInUse] = useState<InUse>();
  const [force, setForce] = useState(false);
  const touched = environments.filter(({ key }) => change.environment === null || change.environment === key);
  const act = async (reason: string | undefined): Promise<void> => {
    const written = await carryOut(revertWrite(change.revision, reason, force)).catch((error: unknown) => {
      if (error instanceof ServerError && error.code === 'REVERT_CONFLICT') setConflict(true);
      setInUse(inUseBy(error));
      throw error;
    });
    for (const queryKey of touchedBy([change])) void queryClient.invalidateQueries({ queryKey });
    onReverted?.(written);
  };
  return (
    <ReasonDialog
      title="Revert this change?"
      act="Revert"
      isDestructive
      isWide
      reason={(inUse && force) || touched.some((environment) => environment.protected) ? 'required' : 'optional'}
      onAct={act}
      onPropose={(reason) => propose(revertWrite(change.revision, reason, force))}
      {...(change.project !== null && { project: change.project })}
      onClose={onClose}
    >
      <Text size="sm">{changeSentence(change, full?.documents)}. Reverting writes back what was there before:</Text>
      {full ? (
        <Difference documents={full.documents.map((each) => ({ ...each, before: each.after, after: each.before }))} />
      ) : (
        <Loading what="the change" />
      )}
      {isConflict && (
        <Stack gap={4}>
          <Text size="sm">
            Somebody has changed the same thing again since. Revert the newer changes first, newest first; or undo all
            of them at once, together with this one.
          </Text>
          <Checkbox
            label="Undo the newer changes of it as well"
            checked={force}
            onChange={(event) => setForce(event.currentTarget.checked)}
          />
        </Stack>
      )}
      {inUse && !isConflict && <MigrationInUse inUse={inUse} force={force} onForce={setForce} />}
    </ReasonDialog>
  );
}
