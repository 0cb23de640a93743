import { APIError, type BetterAuthPlugin } from 'better-auth';
import { createAuthEndpoint } from 'better-auth/api';
import { setSessionCookie } from 'better-auth/cookies';
import { z } from 'zod';
import type { NewPasswords } from './new-passwords.ts';
import type { Passwords } from './passwords.ts';
import type { People } from './people.ts';

/** One of the addresses after which Better Auth's second factor asks for its code. */
export const PASSWORD_SIGN_IN = '/sign-in/username';

interface Terms {
  readonly people: People;
  readonly passwords: Passwords;
  readonly newPasswords: NewPasswords;
}

/**
 * Signing in with address and password, for everybody whom an invitation can name. Better Auth's own
 * `/sign-in/email` asks for a domain with a dot and ASCII before the @, so `admin@localhost` and `jörg@firma.example`
 * could be invited and never come in. Who has an address is what the log says: here it is looked up by one rule, and
 * Better Auth is asked about the account of that id.
 */
export function passwordSignIn({ people, passwords, newPasswords }: Terms) {
  return {
    id: 'dimmer-password',
    endpoints: {
      signInPassword: createAuthEndpoint(
        PASSWORD_SIGN_IN,
        { method: 'POST', body: z.object({ email: z.string(), password: z.string() }) },
        async (ctx) => {
          const { email, password } = ctx.body;
          const { internalAdapter } = ctx.context;
          const id = people.idOf(email);
          if (id !== null) await newPasswords.settle(id);
          const hash = id === null ? null : ((await internalAdapter.findCredentialAccount(id))?.password ?? null);
          const isRight = hash !== null && (await passwords.verify(hash, password));
          // Whether there is such an account must not be told by the time that an answer takes.
          if (hash === null) await passwords.hash(password);
          const user = isRight && id !== null ? await internalAdapter.findUserById(id) : null;
          if (user === null) throw wrong();
          const session = await internalAdapter.createSession(user.id);
          await setSessionCookie(ctx, { session, user });
          return ctx.json({ redirect: false, token: session.token, user });
        },
      ),
    },
  } satisfies BetterAuthPlugin;
}

function wrong(): APIError {
  return new APIError('UNAUTHORIZED', {
    code: 'INVALID_EMAIL_OR_PASSWORD',
    message: 'Invalid email or password',
  });
}
