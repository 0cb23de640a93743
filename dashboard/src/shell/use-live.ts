import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type Connection, followChanges } from '../server/live.ts';
import { useMe } from '../server/me.ts';
import { touchedBy } from '../server/touched.ts';

/** Keeps what is shown true while somebody is signed in. */
export function useLive(): Connection {
  const queryClient = useQueryClient();
  const [connection, setConnection] = useState<Connection>('connecting');
  const { id: person } = useMe();
  useEffect(
    () => followChanges({ person, queryClient, touchedBy, onConnection: setConnection }),
    [person, queryClient],
  );
  return connection;
}
