import { Button, Group, Modal, type ModalProps, Text } from '@mantine/core';
import { type FormEvent, type MouseEvent, useEffect, useState } from 'react';
import { useUnsaved } from '../drafts/unsaved.ts';
import classes from './dialog.module.css';

// Why: decision 0154.
interface Props extends Omit<ModalProps, 'opened' | 'title' | 'closeOnClickOutside' | 'closeOnEscape'> {
  readonly title: string;
  /**
   * Whether closing it would lose something. Default: once something in it was typed or chosen. A function, for it may be
   * over a moment before it closes.
   *
   * @param isTouched something was typed or chosen
   */
  readonly holds?: (isTouched: boolean) => boolean;
  /** What closing it would lose, as a sentence. */
  readonly loss?: string;
}

/**
 * A dialog that is open for as long as it is mounted. What is typed in it is not lost by a slip: a press beside it, Escape
 * and its cross ask first, and so does whatever leads to another page (`shell/leave-guard.tsx`). A button of its own that
 * says `Cancel` does not.
 *
 * When it goes, the focus is again where it was before: Mantine gives it back only for dialogs that were mounted closed.
 */
export function Dialog(props: Props) {
  const { title, children, onClose, holds = (touched) => touched, loss = 'What you typed here is not saved.' } = props;
  const { holds: _holds, loss: _loss, ...modal } = props;
  // Asked while it renders: a moment later the dialog has the focus itself.
  const [before] = useState(() => document.activeElement);
  const [isTouched, setTouched] = useState(false);
  const [isAsking, setAsking] = useState(false);
  useUnsaved(() => (holds(isTouched) ? [{ what: `“${title}”`, isKept: false, discard: onClose }] : []));
  useEffect(
    () => () => {
      // If the focus has moved elsewhere meanwhile, it stays there.
      const isNowhere = document.activeElement === null || document.activeElement === document.body;
      if (isNowhere && before instanceof HTMLElement && before.isConnected) before.focus();
    },
    [before],
  );
  const close = (): void => {
    if (holds(isTouched)) setAsking(true);
    else onClose();
  };
  return (
    <Modal opened closeButtonProps={{ 'aria-label': 'Close' }} {...modal} onClose={close}>
      {isAsking && (
        <div role="alert" className={classes.question}>
          <Text size="sm">{loss}</Text>
          <Group gap="xs">
            <Button size="compact-sm" color="red.8" onClick={onClose}>
              Close all the same
            </Button>
            <Button size="compact-sm" variant="default" onClick={() => setAsking(false)} ref={(it) => it?.focus()}>
              Go on
            </Button>
          </Group>
        </div>
      )}
      {/* What is chosen in a list that hangs in the page elsewhere arrives here too. */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only notices what happens to the fields in it. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: as above. */}
      <div
        onInput={(event) => setTouched(isTouched || isEdit(event))}
        onClick={(event) => setTouched(isTouched || isEdit(event))}
      >
        {children}
      </div>
    </Modal>
  );
}

/**
 * Whether this has altered what a form holds: a key in a field, an entry of a list, a button that adds, removes or chooses.
 * What only opens, copies, looks or closes says so by its role, or lies in the footer.
 */
function isEdit({ type, target }: FormEvent | MouseEvent): boolean {
  if (!(target instanceof Element)) return false;
  if (type === 'input') return true;
  const pressed = target.closest('button, [role=option], [role=switch]');
  if (pressed === null || pressed.closest('[data-dialog-footer], [aria-expanded], [aria-haspopup]') !== null)
    return false;
  return !/^(Copy|Show|Hide|Close)\b/.test(pressed.getAttribute('aria-label') ?? pressed.textContent ?? '');
}
