import type { Auth } from './auth-options.ts';

/** Longer than any window in which requests are counted. */
const COUNTED_MS = 10 * 60_000;

/**
 * Removes what nobody asks for any more: how often an address has asked, of which anybody can make a row for each address
 * that they have; sessions and codes that are over. Better Auth leaves them where they are.
 */
export async function tidy(auth: Auth, now: number): Promise<void> {
  const { adapter } = await auth.$context;
  const before = (field: string, value: number | Date) => [{ field, operator: 'lt' as const, value }];
  await adapter.deleteMany({ model: 'rateLimit', where: before('lastRequest', now - COUNTED_MS) });
  for (const model of ['session', 'verification'])
    await adapter.deleteMany({ model, where: before('expiresAt', new Date(now)) });
}
