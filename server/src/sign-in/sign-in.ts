import { betterAuth } from 'better-auth';
import type { ChangeLog } from '../change-log/change-log.ts';
import { refuseLink } from '../commands/invitations.ts';
import type { InvitationBody } from '../documents/invitation.ts';
import { ApiError } from '../http/api-error.ts';
import type { Credential } from '../keys/authenticate.ts';
import { type AuthTerms, authOptions, TWO_FACTORS } from './auth-options.ts';
import { findInvitation } from './find-invitation.ts';
import { passwordProblem } from './passwords.ts';

/** However often it is used, a session ends after this. */
const LONGEST_SESSION_MS = 7 * 86_400_000;

/** What sign-in knows of an account besides who it is. */
export interface AccountFacts {
  readonly twoFactor: boolean;
  /** When they last signed in or came back, ms since 1970; `null`: they have no session. */
  readonly lastSeenAt: number | null;
}

/** What somebody sends who follows a link. */
export interface LinkAnswer {
  readonly code: string;
  readonly email: string | undefined;
  readonly name: string | undefined;
  readonly password: string;
}

interface Terms extends AuthTerms {
  readonly changeLog: ChangeLog;
  readonly now: () => number;
}

/** People's sign-in, by Better Auth on the same database: passwords, sessions, second factors, single sign-on. */
export class SignIn {
  readonly #auth: ReturnType<typeof makeAuth>;
  readonly #terms: Terms;

  constructor(terms: Terms) {
    this.#terms = terms;
    this.#auth = makeAuth(terms);
  }

  /** How one may sign in here. */
  get ways(): { password: boolean; oidc: { id: string; name: string } | null; setUp: boolean } {
    const { oidc, people } = this.#terms;
    return { password: true, oidc: oidc && { id: 'oidc', name: oidc.name }, setUp: people.isEmpty };
  }

  /** Everything below `/auth` that is Better Auth's own. */
  handle(request: Request): Promise<Response> {
    return this.#auth.handler(request);
  }

  /**
   * Whoever has the session in a request's cookie, with the roles that they have now.
   *
   * @throws ApiError `PERSON_DISABLED`
   */
  async credentialOf(headers: Headers): Promise<Credential | null> {
    if (!headers.has('cookie')) return null;
    const found = await this.#auth.api.getSession({ headers });
    if (!found) return null;
    const { session, user } = found;
    if (this.#terms.now() - session.createdAt.getTime() > LONGEST_SESSION_MS) {
      await (await this.#context()).internalAdapter.deleteSession(session.token);
      return null;
    }
    const credential = this.#terms.people.credential(user.id);
    if (credential) return credential;
    throw new ApiError('PERSON_DISABLED', 'Your account has been disabled.', { fix: 'Ask an administrator.' });
  }

  async account(id: string): Promise<AccountFacts | null> {
    return (await this.accounts([id])).get(id) ?? null;
  }

  async accounts(ids: readonly string[]): Promise<ReadonlyMap<string, AccountFacts>> {
    const { internalAdapter } = await this.#context();
    const found = new Map<string, AccountFacts>();
    for (const id of ids) {
      const user = (await internalAdapter.findUserById(id)) as { twoFactorEnabled?: boolean | null } | null;
      if (!user) continue;
      const sessions = await internalAdapter.listSessions(id);
      const seen = sessions.map(({ updatedAt }) => new Date(updatedAt).getTime());
      found.set(id, {
        twoFactor: user.twoFactorEnabled ?? false,
        lastSeenAt: seen.length > 0 ? Math.max(...seen) : null,
      });
    }
    return found;
  }

  /** Ends all sessions of somebody. */
  async endSessions(id: string): Promise<void> {
    await (await this.#context()).internalAdapter.deleteUserSessions(id);
  }

  /**
   * What a link is for.
   *
   * @throws ApiError `LINK_INVALID`
   */
  lookAtLink(code: string): InvitationBody {
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
  async followLink({ code, email: sent, name, password }: LinkAnswer): Promise<{ email: string; password: string }> {
    const { id, purpose, person, email: meant } = this.lookAtLink(code);
    const email = meant ?? sent;
    if (email === undefined) throw new ApiError('BODY_INVALID', 'An address of e-mail is needed.', { path: 'email' });
    const weak = passwordProblem(password, email);
    if (weak !== null) throw new ApiError('PASSWORD_WEAK', weak, { path: 'password' });
    if (purpose === 'reset' && person !== null) await this.#resetPassword(id, { id: person, email }, password);
    else await this.#makeAccount(id, { email, name: name?.trim() || email }, password);
    return { email, password };
  }

  async #makeAccount(invitation: string, account: { email: string; name: string }, password: string): Promise<void> {
    const hash = await this.#terms.passwords.hash(password);
    const { internalAdapter } = await this.#context();
    // Left behind by somebody whose server stopped half-way: it has no person, so it opens nothing.
    const leftover = await internalAdapter.findUserByEmail(account.email);
    if (leftover && !this.#terms.people.mayComeIn(leftover.user.id)) await this.#removeLeftover(leftover.user.id);
    const user = await internalAdapter.createUser({ ...account, emailVerified: true }, {
      method: 'email-password',
    } as never);
    try {
      await internalAdapter.linkAccount({
        ...{ userId: user.id, providerId: 'credential', accountId: user.id, password: hash },
      } as never);
      await this.#terms.people.useLink(invitation, { id: user.id, ...account });
    } catch (error) {
      await internalAdapter.deleteAccounts(user.id);
      await internalAdapter.deleteUser(user.id);
      throw error;
    }
  }

  async #removeLeftover(id: string): Promise<void> {
    if (this.#terms.changeLog.state.person(id)) return;
    const { internalAdapter } = await this.#context();
    await internalAdapter.deleteAccounts(id);
    await internalAdapter.deleteUser(id);
  }

  /** The link is used up first: of two who follow it, one sets the password. */
  async #resetPassword(invitation: string, person: { id: string; email: string }, password: string): Promise<void> {
    const hash = await this.#terms.passwords.hash(password);
    await this.#terms.people.useLink(invitation, { ...person, name: this.#nameOf(person.id) });
    const { internalAdapter, adapter } = await this.#context();
    const credential = await internalAdapter.findCredentialAccount(person.id);
    if (credential) await internalAdapter.updatePassword(person.id, hash);
    else {
      await internalAdapter.linkAccount({
        ...{ userId: person.id, providerId: 'credential', accountId: person.id, password: hash },
      } as never);
    }
    // Who lost the password has often lost the phone with it.
    await internalAdapter.updateUser(person.id, { twoFactorEnabled: false });
    await adapter.deleteMany({ model: TWO_FACTORS, where: [{ field: 'userId', value: person.id }] });
    await internalAdapter.deleteUserSessions(person.id);
  }

  #nameOf(id: string): string {
    return this.#terms.changeLog.state.person(id)?.body.name ?? '';
  }

  /** Signs in, for the cookies. */
  signIn(account: { email: string; password: string }, headers: Headers): Promise<Response> {
    return this.#auth.api.signInEmail({ body: account, headers, asResponse: true });
  }

  #context() {
    return this.#auth.$context;
  }
}

function makeAuth(terms: AuthTerms) {
  return betterAuth(authOptions(terms));
}
