import { APIError, type BetterAuthOptions, betterAuth } from 'better-auth';
import { genericOAuth, twoFactor } from 'better-auth/plugins';
import { cleaned } from '../cleaned.ts';
import type { OidcConfig } from '../config.ts';
import { ApiError } from '../http/api-error.ts';
import type { Logger } from '../logger.ts';
import type { NewPasswords } from './new-passwords.ts';
import { spendCode } from './one-time-codes.ts';
import { PASSWORD_SIGN_IN, passwordSignIn } from './password-sign-in.ts';
import type { Passwords } from './passwords.ts';
import type { People } from './people.ts';

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;

/** Internal header with the address of the client; what a client sends under this name is dropped. */
export const ADDRESS_HEADER = 'x-dimmer-address';

export const TWO_FACTORS = 'sign_in_two_factors';

/** What the one provider of single sign-on is called in addresses and tables. */
export const OIDC_ID = 'oidc';

/** Where it sends people back to, below `/auth`. */
export const OIDC_CALLBACK = `/callback/${OIDC_ID}`;

/** Where people are sent who could not come in: its page says why. */
const SIGN_IN_PAGE = '/sign-in';

/** What sign-in is made of. */
export interface AuthTerms {
  readonly database: NonNullable<BetterAuthOptions['database']>;
  readonly secret: string;
  /** Where people reach the server; `null`: it is not known, as on a developer's machine. */
  readonly publicUrl: string | null;
  readonly passwords: Passwords;
  readonly newPasswords: NewPasswords;
  readonly people: People;
  readonly logger: Logger;
}

export type Auth = ReturnType<typeof makeAuth>;

/**
 * Better Auth, set up: nobody signs up by themselves, sessions end, cookies are for this server alone.
 *
 * @param oidc single sign-on. It asks the provider who it is before it answers anything, so only what begins or ends
 * there is asked of one that has it
 */
export function makeAuth(terms: AuthTerms, oidc: OidcConfig | null = null) {
  return betterAuth(authOptions(terms, oidc));
}

function authOptions(terms: AuthTerms, oidc: OidcConfig | null) {
  const { database, secret, publicUrl, passwords, people, logger } = terms;
  const isSecure = publicUrl?.startsWith('https:') ?? false;
  return {
    appName: 'Dimmer',
    basePath: '/auth',
    // Without its path: what comes below one has been taken off (`below-path.ts`).
    baseURL: publicUrl === null ? 'http://localhost' : new URL(publicUrl).origin,
    database,
    secret,
    telemetry: { enabled: false },
    logger: { log: (level, message) => logger[level === 'error' ? 'error' : 'debug'](`Sign-in: ${message}`) },
    user: { modelName: 'sign_in_users' },
    session: {
      modelName: 'sign_in_sessions',
      // Eight hours idle; the week that a session lasts at most is looked at where it is used.
      expiresIn: 8 * HOUR_S,
      updateAge: 5 * MINUTE_S,
      freshAge: HOUR_S,
    },
    account: {
      modelName: 'sign_in_accounts',
      encryptOAuthTokens: true,
      // An account of single sign-on is known by issuer and subject. An address of e-mail is no proof of being the same.
      accountLinking: { enabled: false },
    },
    verification: { modelName: 'sign_in_verifications', storeIdentifier: 'hashed' },
    emailAndPassword: {
      enabled: true,
      // People come by a link that an admin made.
      disableSignUp: true,
      minPasswordLength: 12,
      maxPasswordLength: 128,
      revokeSessionsOnPasswordReset: true,
      password: {
        hash: (password) => passwords.hash(password),
        verify: ({ hash, password }) => passwords.verify(hash, password),
      },
    },
    rateLimit: {
      enabled: true,
      modelName: 'sign_in_rates',
      storage: 'database',
      window: MINUTE_S,
      max: 300,
      // By address, so an office must fit in. Wrong passwords are counted by `PasswordGuard`, wrong codes by account.
      customRules: {
        [PASSWORD_SIGN_IN]: { window: MINUTE_S, max: 120 },
        '/sign-in/social': { window: MINUTE_S, max: 120 },
        '/two-factor/*': { window: MINUTE_S, max: 60 },
        '/change-password': { window: MINUTE_S, max: 30 },
        '/get-session': false,
      },
    },
    advanced: {
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER], ipv6Subnet: 64 },
      // `__Host-`: for this host alone, from / alone, by https alone. Browsers refuse such a cookie over plain http.
      useSecureCookies: false,
      cookiePrefix: `${isSecure ? '__Host-dimmer' : 'dimmer'}${suffixOf(publicUrl)}`,
      defaultCookieAttributes: { secure: isSecure, httpOnly: true, sameSite: 'lax', path: '/' },
      database: { validateSchema: false },
    },
    // What is no answer of its own (a database that is away, too many passwords at once) is ours to answer.
    onAPIError: {
      errorURL: `${publicUrl ?? ''}${SIGN_IN_PAGE}`,
      onError(error) {
        if (!(error instanceof APIError)) throw error;
      },
    },
    // Requests have been looked at by `refuseForged` before; this repeats it for addresses to be sent back to.
    trustedOrigins: (request) => (request === undefined ? [] : ownOrigins(request)),
    plugins: [
      passwordSignIn(terms),
      twoFactor({ issuer: 'Dimmer', twoFactorTable: TWO_FACTORS }),
      ...(oidc
        ? [
            genericOAuth({
              config: [
                {
                  providerId: OIDC_ID,
                  discoveryUrl: `${oidc.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
                  requireIdTokenVerification: true,
                  clientId: oidc.clientId,
                  clientSecret: oidc.clientSecret,
                  ...(publicUrl !== null && { redirectURI: `${publicUrl}/auth${OIDC_CALLBACK}` }),
                  scopes: ['openid', 'email', 'profile'],
                  pkce: true,
                  // Some send it as text, many not at all: then nobody vouches for the address.
                  mapProfileToUser: ({ email_verified: verified, name }) => ({
                    emailVerified: `${verified}` === 'true',
                    ...(typeof name === 'string' && { name: cleaned(name) }),
                  }),
                },
              ],
            }),
          ]
        : []),
    ],
    databaseHooks: {
      account: {
        // What the provider would give us besides is not needed, and what is not there cannot be stolen.
        create: { before: async (account) => ({ data: { ...account, ...NO_TOKENS } }) },
        update: { before: async (account) => ({ data: { ...account, ...NO_TOKENS } }) },
      },
      session: {
        create: {
          async before({ userId }, context) {
            await spendCode(userId, context);
            // Those who come by a link are people already. Here, and not where the account is made: if it fails, the
            // next sign-in tries again.
            if (context?.path === '/callback/:id' && !people.knows(userId)) {
              const user = await context.context.internalAdapter.findUserById(userId);
              if (user) await asAPIError(() => people.cameBySingleSignOn(user));
            }
            if (people.mayComeIn(userId)) return;
            throw new APIError('FORBIDDEN', {
              code: 'PERSON_DISABLED',
              message: 'This account has been disabled. Ask an administrator.',
            });
          },
        },
      },
    },
  } satisfies BetterAuthOptions;
}

/** Two servers below two paths of one host have two cookies: by `__Host-` both lie at `/`. */
function suffixOf(publicUrl: string | null): string {
  const path = publicUrl === null ? '' : new URL(publicUrl).pathname.replace(/\/$/, '');
  return path.replace(/[^A-Za-z0-9]+/g, '-');
}

/** Where a page of this server can have come from, as far as this request shows. */
function ownOrigins(request: Request): string[] {
  const host = request.headers.get('host') ?? new URL(request.url).host;
  return [`http://${host}`, `https://${host}`];
}

const NO_TOKENS = { accessToken: null, refreshToken: null, idToken: null };

/** Our refusals, as Better Auth passes them on to the page that people are sent back to. */
async function asAPIError(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    throw new APIError('FORBIDDEN', { code: error.refusal.code, message: error.message });
  }
}
