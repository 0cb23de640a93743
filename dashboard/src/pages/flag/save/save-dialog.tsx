import { Alert, Loader, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconLock } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { afterWrite } from '../../../api/after-write.ts';
import type { Flag } from '../../../api/flags.ts';
import type { Environment } from '../../../api/projects.ts';
import { queryKeys } from '../../../api/query-keys.ts';
import { ServerError } from '../../../api/request.ts';
import type { Targeting } from '../../../api/targeting.ts';
import { bodyOf } from '../../../api/targeting-body.ts';
import { carryOut, preview, propose, type Write } from '../../../api/write.ts';
import { FormDialog } from '../../../elements/form-dialog.tsx';
import { Problem } from '../../../elements/problem.tsx';
import { ReasonField } from '../../../elements/reason-field.tsx';
import { showPropagation } from '../../../propagation/show-propagation.tsx';
import { shownText } from '../../../sentences/shown-text.ts';
import { besidesRules, effectSentences } from '../effect-sentence.ts';
import type { Editing } from '../use-draft.ts';
import { writeOfDraft } from '../write-of-draft.ts';
import { Conflict } from './conflict.tsx';
import { conflictIn, type Theirs } from './conflict-in.ts';
import { TargetingChange } from './targeting-change.tsx';

/** Placeholder for the reason while none is given yet: a dry run writes nothing. */
const TRYING = 'Dry run';

interface Props {
  readonly flag: Flag;
  readonly environment: Environment;
  readonly editing: Editing;
  readonly onClose: () => void;
}

/** What will change, in sentences, with what the server says to it; then it is saved, or proposed. */
export function SaveDialog({ flag, environment, editing, onClose }: Props) {
  const { base, body } = editing;
  const [reason, setReason] = useState('');
  const [isMissing, setMissing] = useState(false);
  const [theirs, setTheirs] = useState<Theirs | null>(null);
  const [isProposed, setProposed] = useState(false);
  const write = useMemo(() => writeOfDraft(flag, base, body), [flag, base, body]);
  const effects = useMemo(
    () => effectSentences(flag, bodyOf(base), body, besidesRules(flag, base)),
    [flag, base, body],
  );
  const dryRun = useQuery({
    queryKey: queryKeys.dryRun(write),
    queryFn: ({ signal }) => preview(withReason(write as Write, TRYING), signal),
    enabled: write !== null,
    retry: false,
    gcTime: 0,
  });
  const conflict = theirs ?? conflictIn(dryRun.error, base);
  const needsApproval =
    environment.approvals === 1 || (dryRun.error instanceof ServerError && dryRun.error.code === 'APPROVAL_REQUIRED');
  const isRequired = environment.protected || needsApproval;
  if (write === null) return null;
  if (conflict) {
    return <Conflict editing={editing} theirs={conflict} onDone={() => setTheirs(null)} onClose={onClose} />;
  }
  const given = reason.trim();
  const save = async (): Promise<void> => {
    try {
      const { revision, changed } = await carryOut<Targeting>(withReason(write, given));
      editing.discard();
      void afterWrite(flag.project, flag.key);
      if (changed && revision !== undefined) {
        const title = `Saved: ${flag.name || flag.key} in ${environment.name || environment.key}`;
        showPropagation(title, { project: flag.project, environment: environment.key, revision });
      }
    } catch (error) {
      setTheirs(conflictIn(error, base));
      throw error;
    }
  };
  const offer = async () => {
    const proposed = await propose(withReason(write, given));
    setProposed(true);
    return proposed;
  };
  const refusal =
    dryRun.error instanceof ServerError && dryRun.error.code !== 'APPROVAL_REQUIRED' ? dryRun.error : null;
  return (
    <FormDialog
      title={`${needsApproval ? 'Propose for' : 'Save in'} ${shownText(environment.name || environment.key)}?`}
      act="Save"
      isWide
      project={flag.project}
      check={() => {
        setMissing(isRequired && given === '');
        return !(isRequired && given === '');
      }}
      onAct={save}
      onPropose={offer}
      isProposal={needsApproval}
      onClose={() => {
        // It is in good hands now.
        if (isProposed) editing.discard();
        onClose();
      }}
    >
      <Stack gap="sm">
        <TargetingChange before={base} after={body} />
        {effects.map((effect) => (
          <Text key={effect} size="sm">
            {effect}
          </Text>
        ))}
        <div aria-live="polite">
          {dryRun.isPending && (
            <Text size="sm" c="dimmed">
              <Loader size="xs" aria-hidden /> Asking the server what it says to that …
            </Text>
          )}
          {dryRun.data?.warnings.map(({ code, message }) => (
            <Alert
              key={`${code} ${message}`}
              color="orange"
              mb="xs"
              icon={<IconAlertTriangle aria-hidden />}
              title={message}
            >
              It is allowed, and perhaps not what you meant.
            </Alert>
          ))}
          {refusal && <Problem error={refusal} title="The server would refuse this" />}
        </div>
        {needsApproval && (
          <Alert color="ink" icon={<IconLock aria-hidden />} title="Somebody else has to agree">
            {shownText(environment.name || environment.key)} wants another person’s approval. This becomes a change
            request; nothing changes until it is approved and applied.
          </Alert>
        )}
        <ReasonField
          value={reason}
          onChange={setReason}
          isRequired={isRequired}
          isMissing={isMissing && given === ''}
        />
      </Stack>
    </FormDialog>
  );
}

function withReason(write: Write, reason: string): Write {
  return { ...write, body: { ...write.body, ...(reason !== '' && { reason }) } };
}
