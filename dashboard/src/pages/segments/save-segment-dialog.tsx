import { Button, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { queryClient } from '../../api/query-client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { ServerError } from '../../api/request.ts';
import { type Segment, segmentPath } from '../../api/segments.ts';
import { carryOut, preview, propose } from '../../api/write.ts';
import { FormDialog } from '../../elements/form-dialog.tsx';
import { Problem } from '../../elements/problem.tsx';
import { ReasonField } from '../../elements/reason-field.tsx';
import { Difference } from '../../history/difference.tsx';

interface Props {
  readonly project: string;
  readonly segment: Segment;
  readonly changes: object;
  readonly isReasonNeeded: boolean;
  readonly onSaved: (saved: Segment) => void;
  /** Gives up what was typed for what somebody else has saved meanwhile. */
  readonly onTakeTheirs: () => void;
  readonly onClose: () => void;
}

/** What would be different, as the server says it, and why it is done; then it is saved. */
export function SaveSegmentDialog({
  project,
  segment,
  changes,
  isReasonNeeded,
  onSaved,
  onTakeTheirs,
  onClose,
}: Props) {
  const [reason, setReason] = useState('');
  const [isMissing, setMissing] = useState(false);
  const write = { url: segmentPath(project, segment.key), method: 'PATCH', version: segment.version } as const;
  const { data, error } = useQuery({
    queryKey: queryKeys.segmentPreview(write.url, segment.version, changes),
    // The reason may still be missing; that is asked for below.
    queryFn: ({ signal }) => preview({ ...write, body: { ...changes, reason: 'to be said' } }, signal),
    retry: false,
    gcTime: 0,
  });
  const body = { ...changes, ...(reason.trim() !== '' && { reason: reason.trim() }) };
  const check = (): boolean => {
    const isLacking = isReasonNeeded && reason.trim() === '';
    setMissing(isLacking);
    return !isLacking;
  };
  const save = async (): Promise<void> => {
    const { document } = await carryOut<Segment>({ ...write, body });
    if (document) onSaved(document);
    await queryClient.invalidateQueries({ queryKey: queryKeys.segments(project) });
  };
  const code = error instanceof ServerError ? error.code : null;
  return (
    <FormDialog
      title={`Save ${segment.key}`}
      act="Save"
      isWide
      project={project}
      check={check}
      onAct={save}
      onPropose={() => propose({ ...write, body })}
      isProposal={code === 'APPROVAL_REQUIRED'}
      onClose={onClose}
    >
      {data && <Difference documents={data.documents} />}
      {data?.warnings.map(({ code: warning, message }) => (
        <Text key={warning} size="sm">
          {message}
        </Text>
      ))}
      {code === 'APPROVAL_REQUIRED' && (
        <Text size="sm">An environment of this project wants a second person to agree to this.</Text>
      )}
      {error && code !== 'APPROVAL_REQUIRED' && (
        <Stack gap="xs" align="flex-start">
          <Problem error={error} />
          {code === 'VERSION_CONFLICT' && (
            <Button variant="default" onClick={onTakeTheirs}>
              Take their version, and drop what I typed
            </Button>
          )}
        </Stack>
      )}
      <Text size="sm" c="dimmed">
        Every flag whose rules name this segment follows at once, in all environments.
      </Text>
      <ReasonField value={reason} onChange={setReason} isRequired={isReasonNeeded} isMissing={isMissing} />
    </FormDialog>
  );
}
