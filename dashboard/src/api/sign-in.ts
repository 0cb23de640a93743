import { queryOptions } from '@tanstack/react-query';
import { atBase } from './base.ts';
import { queryKeys } from './query-keys.ts';
import { request } from './request.ts';

/** How one may come in. */
export interface Ways {
  readonly password: boolean;
  /** Single sign-on, if there is one. */
  readonly oidc: { readonly id: string; readonly name: string } | null;
  /** Nobody has an account yet. */
  readonly setUp: boolean;
}

export const waysQuery = queryOptions({
  queryKey: queryKeys.ways,
  queryFn: ({ signal }) => request<Ways>('/auth/ways', { signal }),
});

/** Whether a second factor is wanted before one is in. */
export async function signIn(email: string, password: string): Promise<'in' | 'second factor'> {
  const answer = await request<{ readonly twoFactorRedirect?: boolean }>('/auth/sign-in/email', {
    body: { email, password },
  });
  return answer.twoFactorRedirect ? 'second factor' : 'in';
}

/** @param kind a code of the authenticator, or one of those that were kept for when it is lost */
export function sendSecondFactor(code: string, kind: 'totp' | 'backup-code'): Promise<unknown> {
  return request(`/auth/two-factor/verify-${kind}`, { body: { code } });
}

/** @returns where single sign-on begins */
export async function beginSingleSignOn(providerId: string, next: string): Promise<string> {
  const { url } = await request<{ readonly url: string }>('/auth/sign-in/oauth2', {
    body: { providerId, callbackURL: atBase(next), errorCallbackURL: atBase('/sign-in') },
  });
  return url;
}

/** What a link is for, and whom. */
export interface LinkPurpose {
  readonly purpose: 'set-up' | 'invitation' | 'reset';
  readonly email: string | null;
  readonly name: string | null;
}

export function linkQuery(code: string) {
  return queryOptions({
    queryKey: queryKeys.link(code),
    queryFn: () => request<LinkPurpose>('/auth/link', { body: { code } }),
    retry: false,
  });
}

export interface LinkAnswer {
  readonly code: string;
  readonly email?: string;
  readonly name?: string;
  readonly password: string;
}

/** Uses a link up; then one is signed in. */
export function acceptLink(answer: LinkAnswer): Promise<unknown> {
  return request('/auth/link/accept', { body: answer });
}
