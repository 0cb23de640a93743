import { createHash } from 'node:crypto';
import { APIError, type GenericEndpointContext } from 'better-auth';

/** A code is taken in its half minute and in those before and after it; longer than that it need not be remembered. */
const REMEMBERED_MS = 3 * 60_000;

/**
 * Replay protection for one-time codes (TOTP): notes that a code has let somebody in, so that nobody else comes in by
 * it in the same half minute, having looked over a shoulder or sitting in between. Better Auth has compared it by then,
 * and is about to make the session. The note is a row whose primary key is made of person and code: of two requests at
 * once, on whichever servers, one is let in. Setting up a second factor lets nobody in, and spends no code.
 *
 * @throws APIError `INVALID_CODE`, as for a code that is wrong
 */
export async function spendCode(person: string, context: GenericEndpointContext | null): Promise<void> {
  if (context?.path !== '/two-factor/verify-totp' || context.context.session) return;
  const { adapter } = context.context;
  const { code } = context.body as { code: string };
  const id = createHash('sha256').update(`${person} ${code}`).digest('base64url').slice(0, 32);
  const where = [{ field: 'id', value: id }];
  const spent = await adapter.findOne<{ expiresAt: Date }>({ model: 'verification', where });
  if (spent && spent.expiresAt.getTime() > Date.now()) throw refused();
  if (spent) await adapter.delete({ model: 'verification', where });
  const at = new Date();
  const expiresAt = new Date(at.getTime() + REMEMBERED_MS);
  const row = { id, identifier: `spent-${id}`, value: person, expiresAt, createdAt: at, updatedAt: at };
  try {
    await adapter.create({ model: 'verification', data: row, forceAllowId: true });
  } catch (error) {
    if (await adapter.findOne({ model: 'verification', where })) throw refused();
    throw error;
  }
}

function refused(): APIError {
  return new APIError('UNAUTHORIZED', { code: 'INVALID_CODE', message: 'Invalid code' });
}
