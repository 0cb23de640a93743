import type { Me, Role } from '@dimmer/contract';
import { queryOptions, useSuspenseQuery } from '@tanstack/react-query';
import { queryKeys } from './query-keys.ts';
import { request, ServerError } from './request.ts';

export type { Me, Role };

/** What somebody may do, and how far it reaches; `null` = everywhere. */
export type Grant = Me['grants'][number];

/** Who was signed in last, as long as this page is loaded. */
let last: string | null = null;

/** The person who is signed in; `null`: nobody. What another person has read here before is forgotten first. */
export const sessionQuery = queryOptions({
  queryKey: queryKeys.me,
  async queryFn({ signal, client }) {
    const me = await request<Me>('/api/v1/me', { signal }).catch((error: unknown) => {
      if (error instanceof ServerError && error.isSignedOut) return null;
      throw error;
    });
    if (me !== null && last !== null && me.id !== last) {
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== queryKeys.me[0] });
    }
    if (me !== null) last = me.id;
    return me;
  },
});

/** The person who is signed in. For pages that nobody else gets to. */
export function useMe(): Me {
  const { data: me } = useSuspenseQuery(sessionQuery);
  if (me === null) throw new ServerError(401, { code: 'SIGNED_OUT', message: 'You are signed out.' });
  return me;
}

export type Action = 'read' | 'operate' | 'write' | 'kill' | 'manage' | 'install';

const MAY: Readonly<Record<Role, readonly Action[]>> = {
  viewer: ['read'],
  operator: ['read', 'operate', 'kill'],
  editor: ['read', 'operate', 'write', 'kill'],
  admin: ['read', 'operate', 'write', 'kill', 'manage', 'install'],
  'break-glass': ['kill'],
};

/**
 * Whether to offer something. The server decides again, whatever is asked: this only spares people from buttons that
 * cannot work for them.
 */
export function useMay(): (action: Action, project: string | null, environment: string | null) => boolean {
  const me = useMe();
  return (action, project, environment) =>
    me.grants.some((grant) => {
      if (!MAY[grant.role].includes(action)) return false;
      if (grant.project !== null && grant.project !== project) return false;
      if (grant.environment === null || grant.environment === environment) return true;
      return action === 'read' && environment === null;
    });
}
