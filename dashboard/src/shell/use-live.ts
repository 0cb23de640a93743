import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type Connection, followChanges } from '../api/live.ts';
import { sessionQuery, useMe } from '../api/me.ts';
import { watchPerson } from '../api/person-change.ts';
import { touchedBy } from '../api/touched.ts';

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
