import type { IncomingMessage } from 'node:http';
import { given } from '@dimmer/contract';
import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { emailAddress, emailField } from '../documents/email-address.ts';
import { ApiError } from '../http/api-error.ts';
import type { AppEnv } from '../http/app-env.ts';
import { refuseForged } from '../http/refuse-forged.ts';
import { limitBody } from '../http/request-body.ts';
import { limitText } from '../http/text-rule.ts';
import { addAccountRoutes } from './account-routes.ts';
import { ADDRESS_HEADER, OIDC_CALLBACK, OIDC_ID } from './auth-options.ts';
import { answerOf, bodyOf } from './pass-on.ts';
import { PasswordGuard, type Verdict } from './password-guard.ts';
import { PASSWORD_SIGN_IN } from './password-sign-in.ts';
import type { SignIn } from './sign-in.ts';

// Why: decision 0106.
const MOST_BODY_BYTES = 16 * 1024;

const passwordField = z.string().min(1).max(1_000);
const linkInput = z.strictObject({ code: z.string().max(200) });
const acceptInput = linkInput.extend({
  email: given(emailField),
  name: given(z.string().max(200)),
  password: passwordField,
});
/** What is no address is looked for like any other, and nobody has it. */
const signInInput = z.object({ email: z.string().max(1_000).overwrite(emailAddress), password: passwordField });
/** A path of this server: an address that begins with // is another's. */
const pathField = z
  .string()
  .max(2_000)
  .regex(/^\/(?![/\\])[^\\]*$/, 'Send a path of this server.');
const ssoInput = z.object({
  providerId: z.literal(OIDC_ID),
  callbackURL: pathField.default('/'),
  errorCallbackURL: pathField.default('/sign-in'),
});
/** What an identity provider sends people back with. */
const RETURNED = ['code', 'state', 'error', 'error_description', 'iss'];

interface SignInServices {
  /** `null`: off. */
  readonly signIn: SignIn | null;
  readonly now: () => number;
  readonly publicUrl: () => string;
  /** Where a request comes from. */
  readonly addressOf: (incoming: IncomingMessage) => string;
}

/**
 * `/auth`: how people come in. Better Auth looks at what they know and keeps their sessions; but nothing of it is
 * reached that is not named here, and it is told nothing that has not been looked at.
 */
export function signInRoutes({ signIn, now, publicUrl, addressOf }: SignInServices): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>();
  const guard = new PasswordGuard(now);
  app.use('*', keepPrivate);
  app.use('*', limitBody(MOST_BODY_BYTES));
  app.use('*', refuseForged(publicUrl));
  app.use('*', limitText);

  app.get('/ways', (c) => c.json(signIn?.ways ?? { password: false, oidc: null, setUp: false }));

  app.post('/link', async (c) => {
    const { code } = await bodyOf(c, linkInput);
    const { purpose, email, person } = on(signIn).links.look(code);
    return c.json({ purpose, email, name: null, isKnown: person !== null });
  });

  app.post('/link/accept', async (c) => {
    const { code, email, name, password } = await bodyOf(c, acceptInput);
    const account = await on(signIn).links.follow({ code, email, name, password });
    return pass(c, PASSWORD_SIGN_IN, account);
  });

  app.post('/sign-in/email', async (c) => {
    const account = await bodyOf(c, signInInput);
    return guarded(c, account.email, () => pass(c, PASSWORD_SIGN_IN, account));
  });

  app.post('/sign-in/oauth2', async (c) => {
    const { callbackURL, errorCallbackURL } = await bodyOf(c, ssoInput);
    const body = { provider: OIDC_ID, callbackURL, errorCallbackURL, disableRedirect: true };
    const headers = fromOutside(c);
    return answerOf(await on(signIn).askSso({ method: 'POST', path: '/sign-in/social', headers, body }));
  });

  app.get(OIDC_CALLBACK, async (c) => {
    const given = RETURNED.flatMap(
      (name) =>
        c.req
          .queries(name)
          ?.slice(0, 1)
          .map((value): [string, string] => [name, value]) ?? [],
    );
    const path = `${OIDC_CALLBACK}?${new URLSearchParams(given)}`;
    return answerOf(await on(signIn).askSso({ method: 'GET', path, headers: fromOutside(c) }));
  });

  app.post('/sign-out', (c) => pass(c, '/sign-out', {}));

  addAccountRoutes(app, { signIn: () => on(signIn), pass, guarded });

  async function pass(c: Context<AppEnv>, path: string, body: object): Promise<Response> {
    return answerOf(await on(signIn).ask({ method: 'POST', path, headers: fromOutside(c), body }));
  }

  /** Looks at a password unless too many were wrong before. */
  async function guarded(c: Context<AppEnv>, account: string, look: () => Promise<Response>): Promise<Response> {
    const { response } = await guard.watch({ account, address: addressIn(c) }, async () => {
      const response = await look();
      return { response, verdict: await verdictOf(response) };
    });
    return response;
  }

  /** Better Auth is told where the request comes from, and cannot be told by anybody else. */
  function fromOutside(c: Context<AppEnv>): Headers {
    const headers = new Headers(c.req.raw.headers);
    headers.set(ADDRESS_HEADER, addressIn(c));
    return headers;
  }

  function addressIn(c: Context<AppEnv>): string {
    const { incoming } = c.env as unknown as { incoming?: IncomingMessage };
    return incoming === undefined ? '127.0.0.1' : addressOf(incoming);
  }

  return app;
}

async function verdictOf(response: Response): Promise<Verdict> {
  if (response.ok) return 'right';
  const { code } = (await response
    .clone()
    .json()
    .catch(() => ({}))) as { code?: unknown };
  return code === 'INVALID_EMAIL_OR_PASSWORD' || code === 'INVALID_PASSWORD' ? 'wrong' : 'not looked at';
}

function on(signIn: SignIn | null): SignIn {
  if (signIn) return signIn;
  throw new ApiError('SIGN_IN_OFF', 'People cannot sign in here: DIMMER_AUTH_SECRET is not set.', {
    fix: 'Set DIMMER_AUTH_SECRET to the same random text on every server: openssl rand -base64 32',
  });
}

async function keepPrivate(c: Context<AppEnv>, next: () => Promise<void>): Promise<void> {
  await next();
  c.res.headers.set('Cache-Control', 'no-store');
  c.res.headers.set('X-Content-Type-Options', 'nosniff');
  c.res.headers.set('Referrer-Policy', 'no-referrer');
}
