import { Button, Stack, Text } from '@mantine/core';
import { type FormEvent, type ReactNode, useRef, useState } from 'react';
import { Link } from 'wouter';
import { ServerError } from '../api/request.ts';
import { Dialog } from './dialog.tsx';
import { DialogFooter } from './dialog-footer.tsx';
import { Problem } from './problem.tsx';

/** What asking for somebody else's agreement gives back. */
interface Proposed {
  readonly changeRequest: { readonly id: string };
}

interface Props {
  readonly title: string;
  readonly children: ReactNode;
  /** What the button says: the act itself, never `OK`. */
  readonly act: string;
  readonly isDestructive?: boolean;
  readonly isWide?: boolean;
  /** Looks at what was typed, and says at the fields what is wrong. False: nothing is sent. */
  readonly check?: () => boolean;
  /** Rejects with what went wrong, which is then shown; the dialog stays, with what was typed. */
  readonly onAct: () => Promise<unknown>;
  /** Makes it a change request, where the environment wants somebody else's agreement. */
  readonly onPropose?: () => Promise<Proposed>;
  /** It is known beforehand that somebody else has to agree: there is nothing to carry out, only to propose. */
  readonly isProposal?: boolean;
  /** Where the change request is to be found. */
  readonly project?: string;
  readonly onClose: () => void;
}

/** A dialog with fields that does one thing, and says what became of it. */
export function FormDialog(props: Props) {
  const {
    title,
    children,
    act,
    isDestructive = false,
    isWide = false,
    check,
    onAct,
    onPropose,
    isProposal = false,
    project,
    onClose,
  } = props;
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  const [proposed, setProposed] = useState<string | null>(null);
  /** Once it is sent, its act may open another page. */
  const isSent = useRef(false);
  const run = async (what: () => Promise<void>): Promise<void> => {
    if (check?.() === false) {
      focusProblem();
      return;
    }
    setBusy(true);
    setError(null);
    isSent.current = true;
    await what().catch((failure: unknown) => {
      isSent.current = false;
      setError(failure);
    });
    setBusy(false);
  };
  const canPropose = onPropose && !isProposal && error instanceof ServerError && error.code === 'APPROVAL_REQUIRED';
  const proposeInstead = (): void => {
    void run(async () => {
      const answer = await onPropose?.();
      if (answer) setProposed(answer.changeRequest.id);
    });
  };
  const carryOut = (): void => {
    void run(async () => {
      await onAct();
      onClose();
    });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isProposal && onPropose) proposeInstead();
    else carryOut();
  };
  return (
    <Dialog
      onClose={onClose}
      title={title}
      size={isWide ? 'lg' : 'md'}
      holds={(isTouched) => isTouched && !isSent.current && proposed === null}
    >
      {proposed === null ? (
        <form onSubmit={submit} noValidate>
          <Stack>
            {children}
            {error !== null && <Problem error={error} />}
            <DialogFooter>
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              {canPropose ? (
                <Button loading={isBusy} onClick={proposeInstead}>
                  Propose it instead
                </Button>
              ) : (
                <Button type="submit" loading={isBusy} {...(isDestructive && { color: 'red.8' })}>
                  {isProposal ? 'Propose it' : act}
                </Button>
              )}
            </DialogFooter>
          </Stack>
        </form>
      ) : (
        <Stack role="status">
          <Text>It is proposed. Somebody else has to approve it before it is carried out.</Text>
          <DialogFooter>
            <Button variant="default" onClick={onClose}>
              Close
            </Button>
            {project !== undefined && (
              <Button
                component={Link}
                href={`/projects/${encodeURIComponent(project)}/change-requests/${encodeURIComponent(proposed)}`}
                // What was typed stands in the request now: nothing is left behind that would have to be asked about.
                onClick={onClose}
              >
                Open the change request
              </Button>
            )}
          </DialogFooter>
        </Stack>
      )}
    </Dialog>
  );
}

/** To the first field that is wrong, once it is said to be. */
function focusProblem(): void {
  requestAnimationFrame(() =>
    document.querySelector<HTMLElement>('[role=dialog] [aria-invalid=true], [role=dialog] [data-error=true]')?.focus(),
  );
}
