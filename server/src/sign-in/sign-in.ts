import type { ChangeLog } from '../change-log/change-log.ts';
import type { OidcConfig } from '../config.ts';
import { ApiError } from '../http/api-error.ts';
import { type Auth, type AuthTerms, makeAuth } from './auth-options.ts';
import { Links } from './links.ts';
import { NewPasswords } from './new-passwords.ts';
import { type Entered, Sessions } from './sessions.ts';
import { tidy } from './tidy.ts';

/** Better Auth's own base; the rest of the address is ours. */
const BASE = 'http://localhost/auth';
/** An identity provider that has not said by then who it is keeps people waiting no longer. */
const DISCOVERY_MS = 10_000;

/** How often what is over is removed. */
const TIDY_MS = 10 * 60_000;

/** What sign-in knows of an account besides who it is. */
export interface AccountFacts {
  readonly twoFactor: boolean;
  /** When they last signed in or came back, ms since 1970; `null`: they have no session. */
  readonly lastSeenAt: number | null;
}

/** A request to Better Auth, made by us from what we have looked at. */
export interface Asked {
  readonly method: 'GET' | 'POST';
  /** Below `/auth`, with its query. */
  readonly path: string;
  readonly headers: Headers;
  readonly body?: object;
}

interface StoredUser {
  readonly id: string;
  readonly twoFactorEnabled?: boolean | null;
}

interface SeenSession {
  readonly userId: string;
  readonly updatedAt: Date | string;
}

/** A session lasts a week at most, and somebody has a handful: of all who can be asked about at once. */
const MOST_SESSIONS = 50_000;

interface Terms extends Omit<AuthTerms, 'newPasswords'> {
  readonly oidc: OidcConfig | null;
  readonly changeLog: ChangeLog;
  readonly now: () => number;
}

/** People's sign-in, by Better Auth on the same database: passwords, sessions, second factors, single sign-on. */
export class SignIn {
  readonly sessions: Sessions;
  readonly links: Links;
  readonly #auth: Auth;
  readonly #terms: Terms & AuthTerms;
  readonly #tidying: NodeJS.Timeout;
  /** The same with single sign-on, once somebody has asked for that. */
  #withSso: Auth | null = null;

  constructor(terms: Terms) {
    const newPasswords = new NewPasswords({ ...terms, auth: () => this.#auth });
    this.#terms = { ...terms, newPasswords };
    this.#auth = makeAuth(this.#terms);
    this.sessions = new Sessions({ ...terms, auth: this.#auth });
    this.links = new Links({ ...this.#terms, auth: this.#auth });
    this.#tidying = setInterval(() => void this.#tidy(), TIDY_MS).unref();
    void this.#tidy();
  }

  close(): void {
    clearInterval(this.#tidying);
  }

  async #tidy(): Promise<void> {
    const { now, logger } = this.#terms;
    await tidy(this.#auth, now()).catch((error) => {
      logger.debug('What is over in sign-in could not be removed', { error: String(error) });
    });
  }

  /** How one may sign in here. */
  get ways(): { password: boolean; oidc: { id: string; name: string } | null; setUp: boolean } {
    const { oidc, people } = this.#terms;
    return { password: true, oidc: oidc && { id: 'oidc', name: oidc.name }, setUp: people.isEmpty };
  }

  /** @throws whatever is no answer of Better Auth's own */
  ask(asked: Asked): Promise<Response> {
    return this.#auth.handler(requestOf(asked));
  }

  /**
   * The same, of what begins or ends at the identity provider. It is asked who it is when somebody first wants to go
   * there, and again as long as it does not say: so a provider that is down holds up nobody who has a password.
   *
   * @throws ApiError `ROUTE_NOT_FOUND` if there is none, `OIDC_UNAVAILABLE` if it does not say who it is
   */
  async askSso(asked: Asked): Promise<Response> {
    const { oidc } = this.#terms;
    if (oidc === null) throw new ApiError('ROUTE_NOT_FOUND', 'There is no single sign-on here.');
    const auth = (this.#withSso ??= makeAuth(this.#terms, oidc));
    const context = await within(DISCOVERY_MS, auth.$context);
    if (context !== null && context.socialProviders.length > 0) return auth.handler(requestOf(asked));
    if (this.#withSso === auth) this.#withSso = null;
    throw new ApiError('OIDC_UNAVAILABLE', 'The identity provider does not answer, or not as it should.', {
      fix: 'Try again in a moment. If it stays, look at the server’s log and at DIMMER_OIDC_ISSUER.',
    });
  }

  /** The person whose session is in a request's cookie, with the roles that they have now. */
  enter(headers: Headers): Promise<Entered | null> {
    return this.sessions.enter(headers);
  }

  /** Somebody has chosen a new password: links for another one are over. */
  async endResets(user: { readonly id: string; readonly email: string; readonly name: string }): Promise<void> {
    await this.#terms.people.endResets(user);
  }

  mayComeIn(person: string): boolean {
    return this.#terms.people.mayComeIn(person);
  }

  async account(id: string): Promise<AccountFacts | null> {
    return (await this.accounts([id])).get(id) ?? null;
  }

  async accounts(ids: readonly string[]): Promise<ReadonlyMap<string, AccountFacts>> {
    const { adapter } = await this.#auth.$context;
    if (ids.length === 0) return new Map();
    const among = (field: string) => [{ field, operator: 'in' as const, value: [...ids] }];
    const users = await adapter.findMany<StoredUser>({ model: 'user', where: among('id'), limit: ids.length });
    const sessions = await adapter.findMany<SeenSession>({
      model: 'session',
      where: among('userId'),
      limit: MOST_SESSIONS,
    });
    const seen = new Map<string, number>();
    for (const { userId, updatedAt } of sessions)
      seen.set(userId, Math.max(seen.get(userId) ?? 0, new Date(updatedAt).getTime()));
    return new Map(
      users.map(({ id, twoFactorEnabled }) => [
        id,
        { twoFactor: twoFactorEnabled ?? false, lastSeenAt: seen.get(id) ?? null },
      ]),
    );
  }
}

function requestOf({ method, path, headers, body }: Asked): Request {
  const own = new Headers(headers);
  // Of the request that came, which had another body.
  for (const name of ['content-length', 'transfer-encoding', 'content-type']) own.delete(name);
  if (body !== undefined) own.set('content-type', 'application/json');
  return new Request(`${BASE}${path}`, { method, headers: own, ...(body && { body: JSON.stringify(body) }) });
}

async function within<Result>(ms: number, work: Promise<Result>): Promise<Result | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
