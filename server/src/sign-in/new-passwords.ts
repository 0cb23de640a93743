import { randomUUID } from 'node:crypto';
import type { ChangeLog } from '../change-log/change-log.ts';
import { ApiError } from '../http/api-error.ts';
import { type Auth, TWO_FACTORS } from './auth-options.ts';

/** A password that is no password yet: it lies beside the account until the log says that its link has been used. */
const WAITING = 'new-password';
/** Following a link takes less than this, or is never finished. */
const FORGOTTEN_MS = 60_000;

interface Terms {
  readonly auth: () => Auth;
  readonly changeLog: ChangeLog;
  /** Ms since 1970. */
  readonly now: () => number;
}

/**
 * New passwords of people who are there already. Link and password lie in two places, the log and sign-in's tables, and
 * a server may die between them. So the password is laid down first, then the link is used up and names it, then it is
 * put in force; after a crash before the last step it is done when the person signs in. A used link without its
 * password does not come about; nor do two people who follow one link both set theirs.
 */
export class NewPasswords {
  readonly #terms: Terms;

  constructor(terms: Terms) {
    this.#terms = terms;
  }

  /**
   * Gives somebody a password by a link.
   *
   * @param use uses the link up, and notes in it the name of the password; throws an `ApiError` if it no longer works
   */
  async set(person: string, hash: string, use: (name: string) => Promise<void>): Promise<void> {
    const { internalAdapter } = await this.#context();
    const name = randomUUID();
    const row = { userId: person, providerId: WAITING, accountId: name, password: hash };
    const { id } = await internalAdapter.linkAccount(row as never);
    try {
      await use(name);
    } catch (error) {
      // Anything but a refusal may have been written all the same.
      if (error instanceof ApiError) await internalAdapter.deleteAccount(id);
      throw error;
    }
    await this.settle(person);
  }

  /** Puts in force what the log says has been chosen. Does nothing nearly always. */
  async settle(person: string): Promise<void> {
    const { changeLog, now } = this.#terms;
    const { internalAdapter } = await this.#context();
    const waiting = (await internalAdapter.findAccounts(person)).filter(({ providerId }) => providerId === WAITING);
    if (waiting.length === 0) return;
    const chosen = new Set([...changeLog.state.invitations()].map(({ body }) => body.settles));
    for (const { id, accountId, password, createdAt } of waiting) {
      if (chosen.has(accountId)) await this.#enforce(person, password ?? '');
      else if (now() - createdAt.getTime() < FORGOTTEN_MS) continue;
      await internalAdapter.deleteAccount(id);
    }
  }

  async #enforce(person: string, password: string): Promise<void> {
    const { internalAdapter, adapter } = await this.#context();
    if (await internalAdapter.findCredentialAccount(person)) await internalAdapter.updatePassword(person, password);
    else {
      const account = { userId: person, providerId: 'credential', accountId: person, password };
      await internalAdapter.linkAccount(account as never);
    }
    // Who lost the password has often lost the phone with it.
    await internalAdapter.updateUser(person, { twoFactorEnabled: false });
    await adapter.deleteMany({ model: TWO_FACTORS, where: [{ field: 'userId', value: person }] });
    await internalAdapter.deleteUserSessions(person);
  }

  #context() {
    return this.#terms.auth().$context;
  }
}
