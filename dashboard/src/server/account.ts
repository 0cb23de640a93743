import { queryOptions } from '@tanstack/react-query';
import { path, request } from './request.ts';

/** Where one is signed in. Times are RFC 3339. */
export interface Session {
  readonly id: string;
  readonly token: string;
  readonly ipAddress?: string | null;
  readonly userAgent?: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const sessionsQuery = queryOptions({
  queryKey: ['sessions'],
  queryFn: async ({ signal }) => {
    const [sessions, current] = await Promise.all([
      request<readonly Session[]>('/auth/list-sessions', { signal }),
      request<{ readonly session: Session } | null>('/auth/get-session', { signal }),
    ]);
    return { sessions, currentToken: current?.session.token ?? null };
  },
});

export function revokeSession(token: string): Promise<unknown> {
  return request('/auth/revoke-session', { body: { token } });
}

export function changePassword(currentPassword: string, newPassword: string, revokeOtherSessions: boolean) {
  return request('/auth/change-password', { body: { currentPassword, newPassword, revokeOtherSessions } });
}

/** What an authenticator needs, and the codes for when it is lost. Both are shown once. */
export interface SecondFactor {
  readonly totpURI: string;
  readonly backupCodes: readonly string[];
}

/** Begins it; it is on when the first code has been sent. */
export function enableSecondFactor(password: string): Promise<SecondFactor> {
  return request<SecondFactor>('/auth/two-factor/enable', { body: { password } });
}

export function disableSecondFactor(password: string): Promise<unknown> {
  return request('/auth/two-factor/disable', { body: { password } });
}

export function renamePerson(person: string, name: string): Promise<unknown> {
  return request(path`/api/v1/people/${person}`, { method: 'PATCH', body: { name } });
}
