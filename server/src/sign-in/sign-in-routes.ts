import { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { emailField, given } from '../documents/fields.ts';
import { ApiError } from '../http/api-error.ts';
import type { AppEnv } from '../http/app-env.ts';
import { describeIssue } from '../http/describe-issue.ts';
import { refuseForged } from '../http/refuse-forged.ts';
import { limitBody } from '../http/request-body.ts';
import { ADDRESS_HEADER } from './auth-options.ts';
import { FailedAttempts } from './failed-attempts.ts';
import type { SignIn } from './sign-in.ts';

const MOST_BODY_BYTES = 16 * 1024;

const linkInput = z.strictObject({ code: z.string().max(200) });
const acceptInput = linkInput.extend({
  email: given(emailField),
  name: given(z.string().max(200)),
  password: z.string().max(1_000),
});
const signInInput = z.looseObject({ email: emailField, password: z.string().max(1_000) });

interface SignInServices {
  /** `null`: off. */
  readonly signIn: SignIn | null;
  readonly now: () => number;
  readonly publicUrl: () => string;
  /** Where a request comes from. */
  readonly addressOf: (incoming: never) => string | null;
}

/** `/auth`: how people come in. Better Auth answers all but the links, which are ours. */
export function signInRoutes({ signIn, now, publicUrl, addressOf }: SignInServices): OpenAPIHono<AppEnv> {
  const app = new OpenAPIHono<AppEnv>();
  const failures = new FailedAttempts(now);
  app.use('*', keepPrivate);
  app.use('*', limitBody(MOST_BODY_BYTES));
  app.use('*', refuseForged(publicUrl));

  app.get('/ways', (c) => c.json(signIn?.ways ?? { password: false, oidc: null, setUp: false }));

  app.post('/link', async (c) => {
    const { code } = await bodyOf(c, linkInput);
    const { purpose, email, person } = on(signIn).lookAtLink(code);
    return c.json({ purpose, email, name: null, isKnown: person !== null });
  });

  app.post('/link/accept', async (c) => {
    const { code, email, name, password } = await bodyOf(c, acceptInput);
    const account = await on(signIn).followLink({ code, email, name, password });
    return on(signIn).signIn(account, fromOutside(c));
  });

  app.post('/sign-in/email', async (c) => {
    const { email } = await bodyOf(c, signInInput);
    const retryAfterS = failures.retryAfterS(email);
    if (retryAfterS > 0) {
      c.header('Retry-After', String(retryAfterS));
      throw new ApiError('SIGN_IN_CROWDED', 'Too many wrong passwords for this account.', {
        fix: `Try again in ${Math.ceil(retryAfterS / 60)} minutes, or ask an administrator for a link.`,
      });
    }
    const response = await handleFrom(c);
    if (response.status === 401) failures.failed(email);
    else if (response.ok) failures.succeeded(email);
    return response;
  });

  app.on(['GET', 'POST'], '/*', (c) => handleFrom(c));

  /** Better Auth is told where the request comes from, and cannot be told by anybody else. */
  function handleFrom(c: Context<AppEnv>): Promise<Response> {
    return on(signIn).handle(new Request(c.req.raw, { headers: fromOutside(c) }));
  }

  function fromOutside(c: Context<AppEnv>): Headers {
    const headers = new Headers(c.req.raw.headers);
    const incoming = (c.env as unknown as { incoming?: never } | undefined)?.incoming;
    headers.set(ADDRESS_HEADER, (incoming && addressOf(incoming)) ?? '127.0.0.1');
    return headers;
  }

  return app;
}

function on(signIn: SignIn | null): SignIn {
  if (signIn) return signIn;
  throw new ApiError('SIGN_IN_OFF', 'People cannot sign in here: DIMMER_AUTH_SECRET is not set.', {
    fix: 'Set DIMMER_AUTH_SECRET to the same random text on every server: openssl rand -base64 32',
  });
}

/** @throws ApiError `JSON_INVALID`, `BODY_INVALID` */
async function bodyOf<Body extends z.ZodType>(c: Context<AppEnv>, shape: Body): Promise<z.output<Body>> {
  // A copy: Better Auth reads it as well.
  const text = await c.req.raw.clone().text();
  const result = shape.safeParse(parse(text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  if (!issue) throw new ApiError('BODY_INVALID', 'The body has the wrong shape.');
  const { message, fix, path } = describeIssue(issue);
  throw new ApiError('BODY_INVALID', message, { ...(fix !== undefined && { fix }), ...(path && { path }) });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError('JSON_INVALID', 'The body is not JSON.');
  }
}

async function keepPrivate(c: Context<AppEnv>, next: () => Promise<void>): Promise<void> {
  await next();
  c.res.headers.set('Cache-Control', 'no-store');
  c.res.headers.set('X-Content-Type-Options', 'nosniff');
  c.res.headers.set('Referrer-Policy', 'no-referrer');
}
