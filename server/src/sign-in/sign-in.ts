import type { ChangeLog } from '../change-log/change-log.ts';
import type { OidcConfig } from '../config.ts';
import { ApiError } from '../http/api-error.ts';
import { type Auth, type AuthTerms, makeAuth } from './auth-options.ts';
import { Links } from './links.ts';
import { type Entered, Sessions } from './sessions.ts';

/** Better Auth's own base; the rest of the address is ours. */
const BASE = 'http://localhost/auth';
/** An identity provider that has not said by then who it is keeps people waiting no longer. */
const DISCOVERY_MS = 10_000;

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

interface Terms extends AuthTerms {
  readonly oidc: OidcConfig | null;
  readonly changeLog: ChangeLog;
  readonly now: () => number;
}

/** People's sign-in, by Better Auth on the same database: passwords, sessions, second factors, single sign-on. */
export class SignIn {
  readonly sessions: Sessions;
  readonly links: Links;
  readonly #auth: Auth;
  readonly #terms: Terms;
  /** The same with single sign-on, once somebody has asked for that. */
  #withSso: Auth | null = null;

  constructor(terms: Terms) {
    this.#terms = terms;
    this.#auth = makeAuth(terms);
    this.sessions = new Sessions({ ...terms, auth: this.#auth });
    this.links = new Links({ ...terms, auth: this.#auth });
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

  /** Whoever has the session in a request's cookie, with the roles that they have now. */
  enter(headers: Headers): Promise<Entered | null> {
    return this.sessions.enter(headers);
  }

  mayComeIn(person: string): boolean {
    return this.#terms.people.mayComeIn(person);
  }

  async account(id: string): Promise<AccountFacts | null> {
    return (await this.accounts([id])).get(id) ?? null;
  }

  async accounts(ids: readonly string[]): Promise<ReadonlyMap<string, AccountFacts>> {
    const { internalAdapter } = await this.#auth.$context;
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
