import { APIError } from 'better-auth';
import type { Credential } from '../access/authenticate.ts';
import { StoreError } from '../change-log/store.ts';
import { ApiError } from '../http/api-error.ts';
import type { Auth } from './auth-options.ts';
import type { People } from './people.ts';

/** However often it is used, a session ends after this. */
const LONGEST_SESSION_MS = 7 * 86_400_000;

/** Where somebody is signed in, without what their cookie holds. */
export interface ListedSession {
  readonly id: string;
  /** The same as `id`. It is a name, not the secret of the cookie, and ends this session for its owner alone. */
  readonly token: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  /** The one that asks. */
  readonly isCurrent: boolean;
}

/** Somebody with a session. */
export interface Entered {
  readonly credential: Credential;
  /** To be set, so that the browser keeps its cookie as long as the session lasts here. */
  readonly cookies: readonly string[];
}

/** What is known of a session when its cookie has been looked at. */
interface Found {
  readonly session: StoredSession;
  readonly user: { readonly id: string; readonly email: string; readonly name: string };
  readonly cookies: readonly string[];
}

interface StoredSession {
  readonly id: string;
  readonly token: string;
  readonly userId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date;
  readonly ipAddress?: string | null | undefined;
  readonly userAgent?: string | null | undefined;
}

interface Terms {
  readonly auth: Auth;
  readonly people: People;
  /** Ms since 1970. */
  readonly now: () => number;
}

/** The sessions of people: whose they are, where they are, and their end. */
export class Sessions {
  readonly #auth: Auth;
  readonly #people: People;
  readonly #now: () => number;

  constructor({ auth, people, now }: Terms) {
    this.#auth = auth;
    this.#people = people;
    this.#now = now;
  }

  /**
   * The person whose session is in a request's cookie, with the roles that they have now.
   *
   * @throws ApiError `PERSON_DISABLED`
   * @throws StoreError if the database cannot be asked
   */
  async enter(headers: Headers): Promise<Entered | null> {
    const found = await this.find(headers);
    if (found === null) return null;
    const credential = this.#people.credential(found.user.id);
    if (credential) return { credential: { ...credential, session: found.session.id }, cookies: found.cookies };
    throw new ApiError('PERSON_DISABLED', 'Your account has been disabled.', { fix: 'Ask an administrator.' });
  }

  /** The session in a request's cookie, if it is not over. */
  async find(headers: Headers): Promise<Found | null> {
    if (!headers.has('cookie')) return null;
    const { response, headers: sent } = await this.#look(headers);
    if (response === null) return null;
    if (!this.#isTooOld(response.session)) return { ...response, cookies: sent.getSetCookie() };
    await this.#delete(response.session.token);
    return null;
  }

  async #look(headers: Headers): Promise<{ response: Omit<Found, 'cookies'> | null; headers: Headers }> {
    try {
      return (await this.#auth.api.getSession({ headers, returnHeaders: true })) as never;
    } catch (cause) {
      // It ended in this very moment.
      if (cause instanceof APIError && cause.status === 'UNAUTHORIZED')
        return { response: null, headers: new Headers() };
      throw new StoreError('STORE_UNAVAILABLE', 'Sessions cannot be looked up.', { cause });
    }
  }

  /** Whether a session that somebody was let in by still lasts. */
  async lasts(id: string): Promise<boolean> {
    const session = await this.#byId(id);
    return session !== null && session.expiresAt.getTime() > this.#now() && !this.#isTooOld(session);
  }

  /** Where the person is signed in who asks; the one that asks first. */
  async list({ session: current, user }: Found): Promise<ListedSession[]> {
    const { internalAdapter } = await this.#auth.$context;
    const all = (await internalAdapter.listSessions(user.id, { onlyActiveSessions: true })) as StoredSession[];
    return all
      .filter((session) => !this.#isTooOld(session))
      .map((session) => listed(session, current.id))
      .sort((one, other) => Number(other.isCurrent) - Number(one.isCurrent) || +other.updatedAt - +one.updatedAt);
  }

  /** Ends one session of the person who asks; those of others are as if they were not there. */
  async end({ user }: Found, id: string): Promise<void> {
    const session = await this.#byId(id);
    if (session?.userId === user.id) await this.#delete(session.token);
  }

  /** Ends all sessions of the person who asks but the one that asks. */
  async endOthers({ session: current, user }: Found): Promise<void> {
    const { internalAdapter } = await this.#auth.$context;
    const all = (await internalAdapter.listSessions(user.id)) as StoredSession[];
    for (const { id, token } of all) if (id !== current.id) await this.#delete(token);
  }

  /** Ends all sessions of somebody. */
  async endAll(person: string): Promise<void> {
    await (await this.#auth.$context).internalAdapter.deleteUserSessions(person);
  }

  async #byId(id: string): Promise<StoredSession | null> {
    const { adapter } = await this.#auth.$context;
    return adapter.findOne<StoredSession>({ model: 'session', where: [{ field: 'id', value: id }] });
  }

  async #delete(token: string): Promise<void> {
    await (await this.#auth.$context).internalAdapter.deleteSession(token);
  }

  #isTooOld({ createdAt }: StoredSession): boolean {
    return this.#now() - createdAt.getTime() > LONGEST_SESSION_MS;
  }
}

export function listed(session: StoredSession, current: string): ListedSession {
  const { id, createdAt, updatedAt, expiresAt, ipAddress = null, userAgent = null } = session;
  return { id, token: id, createdAt, updatedAt, expiresAt, ipAddress, userAgent, isCurrent: id === current };
}
