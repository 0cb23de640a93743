import { APIError, type BetterAuthOptions } from 'better-auth';
import { genericOAuth, twoFactor } from 'better-auth/plugins';
import type { OidcConfig } from '../config.ts';
import type { Logger } from '../logger.ts';
import type { Passwords } from './passwords.ts';
import type { People } from './people.ts';

const MINUTE_S = 60;
const HOUR_S = 60 * MINUTE_S;

/** The header in which we hand over where a request came from; whatever a client sends under this name is dropped. */
export const ADDRESS_HEADER = 'x-dimmer-address';

export const TWO_FACTORS = 'sign_in_two_factors';

/** What sign-in is made of. */
export interface AuthTerms {
  readonly database: NonNullable<BetterAuthOptions['database']>;
  readonly secret: string;
  /** Where people reach the server; `null`: it is not known, as on a developer's machine. */
  readonly publicUrl: string | null;
  readonly oidc: OidcConfig | null;
  readonly passwords: Passwords;
  readonly people: People;
  readonly logger: Logger;
}

/** How Better Auth is set up: nobody signs up by themselves, sessions end, cookies are for this server alone. */
export function authOptions(terms: AuthTerms) {
  const { database, secret, publicUrl, oidc, passwords, people, logger } = terms;
  const isSecure = publicUrl?.startsWith('https:') ?? false;
  return {
    appName: 'Dimmer',
    basePath: '/auth',
    baseURL: publicUrl ?? 'http://localhost',
    ...{ database, secret },
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
      // An office comes from one address, so this is wider than the five tries of one account.
      customRules: {
        '/sign-in/email': { window: 15 * MINUTE_S, max: 30 },
        '/two-factor/*': { window: MINUTE_S, max: 10 },
        '/change-password': { window: 15 * MINUTE_S, max: 10 },
        '/get-session': false,
      },
    },
    advanced: {
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER], ipv6Subnet: 64 },
      // `__Host-`: for this host alone, from / alone, by https alone. Browsers refuse such a cookie over plain http.
      useSecureCookies: false,
      cookiePrefix: isSecure ? '__Host-dimmer' : 'dimmer',
      defaultCookieAttributes: { secure: isSecure, httpOnly: true, sameSite: 'lax', path: '/' },
      database: { validateSchema: false },
    },
    // Requests have been looked at by `refuseForged` before; this repeats it for addresses to be sent back to.
    trustedOrigins: (request) => (request === undefined ? [] : ownOrigins(request)),
    plugins: [
      twoFactor({ issuer: 'Dimmer', twoFactorTable: TWO_FACTORS }),
      ...(oidc
        ? [
            genericOAuth({
              config: [
                {
                  providerId: 'oidc',
                  discoveryUrl: `${oidc.issuer.replace(/\/$/, '')}/.well-known/openid-configuration`,
                  requireIdTokenVerification: true,
                  ...{ clientId: oidc.clientId, clientSecret: oidc.clientSecret },
                  scopes: ['openid', 'email', 'profile'],
                  pkce: true,
                },
              ],
            }),
          ]
        : []),
    ],
    databaseHooks: {
      user: {
        create: {
          // Those who come by a link are made there, together with their roles; this is for single sign-on.
          async after({ id, email, name }, context) {
            if (context) await people.cameBySingleSignOn({ id, email: email.toLowerCase(), name: name || email });
          },
        },
      },
      session: {
        create: {
          async before({ userId }) {
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

/** Where a page of this server can have come from, as far as this request shows. */
function ownOrigins(request: Request): string[] {
  const host = request.headers.get('host') ?? new URL(request.url).host;
  return [`http://${host}`, `https://${host}`];
}
