import { Button, Group, Modal, Stack, Textarea } from '@mantine/core';
import { type FormEvent, type ReactNode, useState } from 'react';
import { Problem } from './problem.tsx';

const MOST_CHARACTERS = 2_000;

interface Props {
  readonly title: string;
  /** What will happen, to whom. */
  readonly children?: ReactNode;
  /** What the button says: the act itself, never `OK`. */
  readonly act: string;
  readonly isDestructive?: boolean;
  /** `required`: an act that always needs a reason, or a protected environment. */
  readonly reason: 'required' | 'optional' | 'none';
  /** Rejects with what went wrong, which is then shown; the dialog stays, with what was typed. */
  readonly onAct: (reason: string | undefined) => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks before something is done, and for the reason that will stand in the history. */
export function ReasonDialog({ title, children, act, isDestructive = false, reason, onAct, onClose }: Props) {
  const [text, setText] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [isMissing, setMissing] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const given = text.trim();
    if (reason === 'required' && given === '') return setMissing(true);
    setBusy(true);
    setError(null);
    try {
      await onAct(given === '' ? undefined : given);
      onClose();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      <form onSubmit={(event) => void submit(event)} noValidate>
        <Stack>
          {children}
          {reason !== 'none' && (
            <Textarea
              data-autofocus
              label={reason === 'required' ? 'Reason' : 'Reason (optional)'}
              description="Stands in the history."
              required={reason === 'required'}
              withAsterisk={reason === 'required'}
              autosize
              maxRows={6}
              maxLength={MOST_CHARACTERS}
              value={text}
              error={isMissing ? 'Say why: it stands in the history.' : null}
              onChange={(event) => {
                setText(event.currentTarget.value);
                setMissing(false);
              }}
            />
          )}
          {error !== null && <Problem error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={isBusy} {...(isDestructive && { color: 'red.8' })}>
              {act}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
