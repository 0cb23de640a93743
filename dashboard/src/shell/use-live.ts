import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type Connection, followChanges } from '../server/live.ts';
import { sessionQuery, useMe } from '../server/me.ts';
import { watchPerson } from '../server/person-change.ts';
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
  useEffect(
    () => watchPerson(person, () => void queryClient.invalidateQueries({ queryKey: sessionQuery.queryKey })),
    [person, queryClient],
  );
  return connection;
}
