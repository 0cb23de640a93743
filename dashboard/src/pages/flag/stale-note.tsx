import { Alert } from '@mantine/core';
import { IconClockPause } from '@tabler/icons-react';
import type { Flag } from '../../api/flags.ts';

/** That a flag has probably done its work, and what to do about it. */
export function StaleNote({ flag }: { readonly flag: Flag }) {
  if (flag.archived || !flag.stale) return null;
  const isServed = flag.stale === 'served-to-all';
  return (
    <Alert
      color="orange"
      icon={<IconClockPause aria-hidden />}
      title={
        isServed ? 'Everybody has got the same for a long time' : 'No code has asked for this flag for a long time'
      }
    >
      {isServed
        ? 'The decision is made: remove the flag from the code, keep what it serves, then archive it.'
        : 'Look for its key in your code. If it is gone there, archive the flag; if not, see whether that code still runs.'}
    </Alert>
  );
}
