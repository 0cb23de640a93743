import { Button, Group, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { type ChangeRequest, isWaiting, requestPath } from '../../api/change-requests.ts';
import { useMay, useMe } from '../../api/me.ts';
import { queryClient } from '../../api/query-client.ts';
import { queryKeys } from '../../api/query-keys.ts';
import { carryOut } from '../../api/write.ts';
import { FormDialog } from '../../elements/form-dialog.tsx';
import { ReasonDialog } from '../../elements/reason-dialog.tsx';
import { showPropagation } from '../../propagation/show-propagation.tsx';
import { fieldText, instantIn, requestTitle } from './request-words.ts';

const HOUR_MS = 3_600_000;

type Act = 'approve' | 'reject' | 'withdraw' | 'apply' | 'schedule';

/** What the person who looks at a request can do about it, and nothing else. */
export function RequestActs({ request }: { readonly request: ChangeRequest }) {
  const { project, environment, id, state, createdBy, approvals, refusal } = request;
  const me = useMe();
  const may = useMay();
  const [asking, setAsking] = useState<Act | null>(null);
  if (!isWaiting(request)) return null;
  const isOwn = createdBy.id === me.id;
  const mayWrite = may('write', project, environment);
  const hasAgreed = approvals.some(({ by }) => by.id === me.id);
  const isAgreed = state !== 'open';
  // Versions only grow: what has been overtaken cannot be applied at any time.
  const isOvertaken = refusal?.code === 'VERSION_CONFLICT';
  const send = async (act: string, body: object = {}): Promise<void> => {
    const { revision } = await carryOut({ url: `${requestPath(project, id)}/${act}`, body });
    await queryClient.invalidateQueries({ queryKey: queryKeys.changeRequests(project) });
    if (act !== 'apply' || 'at' in body || revision === undefined || environment === null) return;
    showPropagation(requestTitle(request), { project, environment, revision });
  };
  const close = (): void => setAsking(null);
  return (
    <>
      <Group gap="xs">
        {isAgreed && !isOvertaken && may('operate', project, environment) && (
          <>
            <Button onClick={() => setAsking('apply')}>Apply now</Button>
            <Button variant="default" onClick={() => setAsking('schedule')}>
              {state === 'scheduled' ? 'Another time' : 'Apply at a time'}
            </Button>
          </>
        )}
        {mayWrite && !isOwn && !hasAgreed && (
          <Button variant={isAgreed ? 'default' : 'filled'} onClick={() => setAsking('approve')}>
            Approve
          </Button>
        )}
        {mayWrite && !isOwn && (
          <Button variant="default" onClick={() => setAsking('reject')}>
            Reject
          </Button>
        )}
        {(isOwn || may('manage', project, environment)) && (
          <Button variant="subtle" onClick={() => setAsking('withdraw')}>
            Withdraw
          </Button>
        )}
      </Group>
      {!isAgreed && isOwn && (
        <Text size="sm" c="dimmed">
          You proposed it, so somebody else has to approve it.
        </Text>
      )}
      {asking === 'approve' && <ApproveDialog onAct={(comment) => send('approve', { comment })} onClose={close} />}
      {asking === 'schedule' && <ScheduleDialog onAct={(at) => send('apply', { at })} onClose={close} />}
      {asking === 'reject' && (
        <ReasonDialog
          title="Reject this change"
          act="Reject"
          isDestructive
          reason="required"
          onAct={(reason) => send('reject', { reason })}
          onClose={close}
        />
      )}
      {asking === 'withdraw' && (
        <ReasonDialog
          title="Withdraw this change"
          act="Withdraw"
          isDestructive
          reason="none"
          onAct={() => send('withdraw')}
          onClose={close}
        >
          It can be proposed again, as a new request.
        </ReasonDialog>
      )}
      {asking === 'apply' && (
        <ReasonDialog title="Apply it now" act="Apply now" reason="none" onAct={() => send('apply')} onClose={close}>
          What is shown as the difference becomes true, for everybody, at once.
        </ReasonDialog>
      )}
    </>
  );
}

function ApproveDialog({ onAct, onClose }: { onAct: (comment: string) => Promise<void>; onClose: () => void }) {
  const [comment, setComment] = useState('');
  return (
    <FormDialog title="Approve this change" act="Approve" onAct={() => onAct(comment)} onClose={onClose}>
      <Text size="sm">Nothing changes by it yet: afterwards it can be applied.</Text>
      <Textarea
        data-autofocus
        label="Comment (optional)"
        autosize
        maxLength={2_000}
        value={comment}
        onChange={(event) => setComment(event.currentTarget.value)}
      />
    </FormDialog>
  );
}

function ScheduleDialog({ onAct, onClose }: { onAct: (at: number) => Promise<void>; onClose: () => void }) {
  const [text, setText] = useState(() => fieldText(Date.now() + HOUR_MS));
  const [problem, setProblem] = useState<string | null>(null);
  const at = instantIn(text);
  const check = (): boolean => {
    const isAhead = at !== null && at > Date.now();
    setProblem(isAhead ? null : 'A time in the future.');
    return isAhead;
  };
  return (
    <FormDialog
      title="Apply it at a time"
      act="Set the time"
      check={check}
      onAct={() => onAct(at ?? 0)}
      onClose={onClose}
    >
      <TextInput
        data-autofocus
        type="datetime-local"
        label="When"
        description={`In your own zone, ${Intl.DateTimeFormat().resolvedOptions().timeZone}.`}
        value={text}
        error={problem}
        onChange={(event) => setText(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
