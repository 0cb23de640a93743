import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { emailAddress } from '../documents/email-address.ts';
import { ApiError } from '../http/api-error.ts';
import type { AppEnv } from '../http/app-env.ts';
import { bodyOf } from './pass-on.ts';
import { passwordProblem } from './passwords.ts';
import { listed } from './sessions.ts';
import type { SignIn } from './sign-in.ts';

const passwordField = z.string().min(1).max(1_000);
const passwordInput = z.object({ password: passwordField });
const codeInput = z.object({ code: z.string().min(1).max(40) });
const changeInput = z.object({
  currentPassword: passwordField,
  newPassword: z.string().max(1_000),
  /** Somebody who has learnt the old password may be in by it. */
  revokeOtherSessions: z.boolean().default(true),
});
/** `token` as the pages have called it; it is the id of a session, and no secret. */
const endInput = z.object({ id: z.string().max(128).optional(), token: z.string().max(128).optional() });

interface AccountServices {
  /** @throws ApiError `SIGN_IN_OFF` */
  readonly signIn: () => SignIn;
  /** Asks Better Auth. */
  readonly pass: (c: Context<AppEnv>, path: string, body: object) => Promise<Response>;
  /** Looks at a password, unless too many were wrong before. */
  readonly guarded: (c: Context<AppEnv>, account: string, look: () => Promise<Response>) => Promise<Response>;
}

/** What somebody does who is in: sessions, password, second factor; and the second factor's code on the way in. */
export function addAccountRoutes(app: OpenAPIHono<AppEnv>, { signIn, pass, guarded }: AccountServices): void {
  app.get('/get-session', async (c) => {
    const found = await find(c);
    if (found === null) return c.json(null);
    const { session, user, cookies } = found;
    for (const cookie of cookies) c.header('Set-Cookie', cookie, { append: true });
    const { id, email, name } = user;
    return c.json({ session: listed(session, session.id), user: { id, email, name } });
  });

  app.get('/list-sessions', async (c) => c.json(await signIn().sessions.list(await insider(c))));

  app.post('/revoke-session', async (c) => {
    const { id, token } = await bodyOf(c, endInput);
    await signIn().sessions.end(await insider(c), id ?? token ?? '');
    return c.json({ status: true });
  });

  app.post('/revoke-other-sessions', async (c) => {
    await signIn().sessions.endOthers(await insider(c));
    return c.json({ status: true });
  });

  app.post('/change-password', async (c) => {
    const { user } = await insider(c);
    const body = await bodyOf(c, changeInput);
    const weak = passwordProblem(body.newPassword, user.email);
    if (weak !== null) throw new ApiError('PASSWORD_WEAK', weak, { path: 'newPassword' });
    const answer = await guarded(c, emailAddress(user.email), () => pass(c, '/change-password', body));
    if (answer.ok) await signIn().endResets(user);
    return answer;
  });

  for (const act of ['enable', 'disable', 'generate-backup-codes']) {
    app.post(`/two-factor/${act}`, async (c) => {
      const { user } = await insider(c);
      const body = await bodyOf(c, passwordInput);
      return guarded(c, emailAddress(user.email), () => pass(c, `/two-factor/${act}`, body));
    });
  }

  // On the way in, or of somebody who turns it on: Better Auth knows which by the cookie, and counts wrong codes.
  for (const act of ['verify-totp', 'verify-backup-code']) {
    app.post(`/two-factor/${act}`, async (c) => pass(c, `/two-factor/${act}`, await bodyOf(c, codeInput)));
  }

  function find(c: Context<AppEnv>) {
    return signIn().sessions.find(c.req.raw.headers);
  }

  /**
   * The person who has a session.
   *
   * @throws ApiError `KEY_MISSING`, `PERSON_DISABLED`
   */
  async function insider(c: Context<AppEnv>) {
    const found = await find(c);
    if (found === null) throw new ApiError('KEY_MISSING', 'Nobody is signed in here.', { fix: 'Sign in first.' });
    if (!signIn().mayComeIn(found.user.id)) {
      throw new ApiError('PERSON_DISABLED', 'Your account has been disabled.', { fix: 'Ask an administrator.' });
    }
    return found;
  }
}
