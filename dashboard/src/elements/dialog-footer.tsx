import { Group } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './dialog.module.css';

/** The buttons of a dialog. They stay in sight at its foot, however long what stands above them is. */
export function DialogFooter({ children }: { readonly children: ReactNode }) {
  return (
    <Group justify="flex-end" className={classes.footer} data-dialog-footer>
      {children}
    </Group>
  );
}
