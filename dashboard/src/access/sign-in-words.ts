import { ServerError } from '../api/request.ts';

/** What went wrong when somebody wanted in, and what they can do. */
export interface SignInWords {
  readonly title: string;
  readonly fix: string;
}

const WRONG_PASSWORD: SignInWords = {
  title: 'Address and password do not fit together.',
  fix: 'Check both. If you have forgotten the password, ask an administrator for a link to set a new one.',
};
const WRONG_CODE: SignInWords = {
  title: 'That code is not right.',
  fix: 'Codes change every 30 seconds: take the one that is shown now, and check the clock of the device. If the device is lost, use a backup code.',
};
const DISABLED: SignInWords = {
  title: 'This account has been disabled.',
  fix: 'Ask an administrator.',
};

const BY_CODE: Readonly<Record<string, SignInWords>> = {
  INVALID_EMAIL_OR_PASSWORD: WRONG_PASSWORD,
  INVALID_EMAIL: WRONG_PASSWORD,
  INVALID_PASSWORD: {
    title: 'The password is not right.',
    fix: 'It is the one that you sign in with now.',
  },
  PERSON_DISABLED: DISABLED,
  INVALID_CODE: WRONG_CODE,
  INVALID_TWO_FACTOR_COOKIE: { title: 'That took too long.', fix: 'Begin again with your password.' },
  INVALID_BACKUP_CODE: {
    title: 'That backup code is not right, or has been used.',
    fix: 'Each works once. If none is left, ask an administrator for a link.',
  },
  SESSION_NOT_FRESH: {
    title: 'You signed in too long ago for this.',
    fix: 'Sign out and in again, and repeat it.',
  },
};

/** Says it in words; `null`: the server's own are good enough. */
export function signInWords(error: unknown): SignInWords | null {
  if (!(error instanceof ServerError)) return null;
  const known = Object.hasOwn(BY_CODE, error.code) ? BY_CODE[error.code] : undefined;
  if (known) return known;
  if (error.status === 429) {
    return {
      title: 'Too many tries.',
      fix: error.fix ?? 'Wait a quarter of an hour, or ask an administrator for a link to set a new password.',
    };
  }
  return null;
}
