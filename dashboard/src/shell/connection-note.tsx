import { Alert } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import type { Connection } from '../api/live.ts';

/** Says when what is shown may be old. What was typed stays; SDKs go on deciding meanwhile. */
export function ConnectionNote({ connection }: { readonly connection: Connection }) {
  return (
    <div role="status">
      {connection === 'lost' && (
        <Alert color="orange" mb="md" icon={<IconPlugConnectedX aria-hidden />} title="The server cannot be reached">
          What you see may be old. It is being reconnected; what you typed is still here. Applications go on deciding by
          the rules they have.
        </Alert>
      )}
    </div>
  );
}
