import { Modal, type ModalProps } from '@mantine/core';
import { useEffect, useState } from 'react';

/**
 * A dialog that is open for as long as it is mounted. When it goes, the focus is again where it was before: Mantine
 * gives it back only for dialogs that were mounted closed.
 */
export function Dialog(props: Omit<ModalProps, 'opened'>) {
  // Asked while it renders: a moment later the dialog has the focus itself.
  const [before] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // Whoever has sent the focus elsewhere meanwhile had a reason.
      const isNowhere = document.activeElement === null || document.activeElement === document.body;
      if (isNowhere && before instanceof HTMLElement && before.isConnected) before.focus();
    },
    [before],
  );
  return <Modal opened closeButtonProps={{ 'aria-label': 'Close' }} {...props} />;
}
