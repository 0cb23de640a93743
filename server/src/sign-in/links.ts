import { LIMITS } from '@dimmer/contract';
import type { ChangeLog } from '../change-log/change-log.ts';
import { refuseLink } from '../commands/invitations.ts';
import type { StoredInvitation } from '../documents/invitation.ts';
import { ApiError } from '../http/api-error.ts';
import type { Auth } from './auth-options.ts';
import { findInvitation } from './find-invitation.ts';
import type { NewPasswords } from './new-passwords.ts';
import { type Passwords, passwordProblem } from './passwords.ts';
import type { Account, People } from './people.ts';

/** Making an account takes less than this, or is never finished. */
const HALF_MADE_MS = 60_000;

/** What somebody sends who follows a link. */
export interface LinkAnswer {
  readonly code: string;
  readonly email: string | undefined;
  readonly name: string | undefined;
  readonly password: string;
}

interface Terms {
  readonly auth: Auth;
  readonly changeLog: ChangeLog;
  readonly people: People;
  readonly passwords: Passwords;
  readonly newPasswords: NewPasswords;
  /** Ms since 1970. */
  readonly now: () => number;
}

/** The links by which people come in: for the first person, for a new one, for a new password. */
export class Links {
  readonly #terms: Terms;

  constructor(terms: Terms) {
    this.#terms = terms;
  }

  /**
   * What a link is for.
   *
   * @throws ApiError `LINK_INVALID`
   */
  look(code: string): StoredInvitation {
    const { changeLog, now, people } = this.#terms;
    const invitation = findInvitation(changeLog.state, code, now());
    if (invitation === null || (invitation.purpose === 'set-up' && !people.isEmpty))
      throw ApiError.of(refuseLink().refusal);
    return invitation;
  }

  /**
   * Follows a link: makes the account, or gives it a new password, and uses the link up.
   *
   * @returns the address and password to sign in with
   * @throws ApiError `LINK_INVALID`, `PASSWORD_WEAK`, `PERSON_EXISTS`, `BODY_INVALID`
   */
  async follow({ code, email: sent, name, password }: LinkAnswer): Promise<{ email: string; password: string }> {
    const { id, purpose, person, email: meant } = this.look(code);
    const email = meant ?? sent;
    if (email === undefined) throw new ApiError('BODY_INVALID', 'An address of e-mail is needed.', { path: 'email' });
    const weak = passwordProblem(password, email);
    if (weak !== null) throw new ApiError('PASSWORD_WEAK', weak, { path: 'password' });
    if (purpose === 'reset' && person !== null) await this.#resetPassword(id, { id: person, email }, password);
    else await this.#makeAccount(id, { email, name: nameOf(name, email) }, password);
    return { email, password };
  }

  /** The account comes first: a server that dies before the link is used up leaves one that opens nothing. */
  async #makeAccount(invitation: string, account: Omit<Account, 'id'>, password: string): Promise<void> {
    const { auth, passwords, people } = this.#terms;
    if (people.idOf(account.email) !== null) throw addressTaken(account.email);
    const hash = await passwords.hash(password);
    const { internalAdapter } = await auth.$context;
    await this.#removeLeftover(account.email);
    const id = await this.#createUser(account);
    try {
      await internalAdapter.linkAccount({
        userId: id,
        providerId: 'credential',
        accountId: id,
        password: hash,
      } as never);
      await people.useLink(invitation, { id, ...account });
    } catch (error) {
      // A database that was lost may have written the person all the same, whose account this then is. If not, whoever
      // follows the link again clears it away.
      if (error instanceof ApiError) await internalAdapter.deleteUser(id);
      throw error;
    }
  }

  /** Of two at once with one address, the database lets one pass. */
  async #createUser(account: Omit<Account, 'id'>): Promise<string> {
    const { internalAdapter } = await this.#terms.auth.$context;
    const source = { method: 'email-password' } as never;
    try {
      return (await internalAdapter.createUser({ ...account, emailVerified: true }, source)).id;
    } catch (error) {
      if (await internalAdapter.findUserByEmail(account.email)) throw addressTaken(account.email);
      throw error;
    }
  }

  /** Of somebody whose server stopped half-way: it has no person, so it opens nothing, and stands in the way. */
  async #removeLeftover(email: string): Promise<void> {
    const { auth, people, now } = this.#terms;
    const { internalAdapter } = await auth.$context;
    const found = await internalAdapter.findUserByEmail(email);
    if (!found || people.knows(found.user.id)) return;
    // Perhaps somebody is half-way just now.
    if (now() - found.user.createdAt.getTime() < HALF_MADE_MS) throw addressTaken(email);
    await internalAdapter.deleteUser(found.user.id);
  }

  async #resetPassword(invitation: string, person: { id: string; email: string }, password: string): Promise<void> {
    const { changeLog, newPasswords, passwords, people } = this.#terms;
    const hash = await passwords.hash(password);
    const account = { ...person, name: changeLog.state.person(person.id)?.body.name ?? '' };
    await newPasswords.set(person.id, hash, (name) => people.useLink(invitation, account, name));
  }
}

/** An address may be longer than a name. */
function nameOf(name: string | undefined, email: string): string {
  return (name?.trim() || email).slice(0, LIMITS.nameCharacters);
}

function addressTaken(email: string): ApiError {
  return new ApiError('PERSON_EXISTS', `There is somebody with the address ${email} already.`, {
    fix: 'If that is you, sign in, or ask an administrator for a link for a new password.',
    path: 'email',
  });
}
