import { queryOptions } from '@tanstack/react-query';
import { queryKeys } from './query-keys.ts';
import { request } from './request.ts';

/** Where one is signed in. Times are RFC 3339. */
export interface Session {
  readonly id: string;
  readonly ipAddress?: string | null;
  readonly userAgent?: string | null;
  readonly createdAt: string;
  readonly updatedAt: string;
  /** The one that asks. */
  readonly isCurrent: boolean;
}

export const sessionsQuery = queryOptions({
  queryKey: queryKeys.sessions,
  queryFn: ({ signal }) => request<readonly Session[]>('/auth/list-sessions', { signal }),
});

export function endSession(id: string): Promise<unknown> {
  return request('/auth/revoke-session', { body: { id } });
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

/** The old ones end. */
export async function newBackupCodes(password: string): Promise<readonly string[]> {
  const { backupCodes } = await request<Pick<SecondFactor, 'backupCodes'>>('/auth/two-factor/generate-backup-codes', {
    body: { password },
  });
  return backupCodes;
}

export function disableSecondFactor(password: string): Promise<unknown> {
  return request('/auth/two-factor/disable', { body: { password } });
}
