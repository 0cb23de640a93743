import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { ApiError } from '../http/api-error.ts';

// Why: decision 0102.
/** What one hash costs, in scrypt's own terms. */
export type PasswordCost = Readonly<Record<'N' | 'r' | 'p', number>>;

/** At least what OWASP's ASVS 5.0, appendix C, asks of scrypt: about a quarter of a second and 32 MiB. */
const COST: PasswordCost = { N: 2 ** 15, r: 8, p: 3 };
const MOST_MEMORY_BYTES = 64 * 1024 * 1024;
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** More at once would take memory and threads from everything else; more waiting would wait for seconds. */
const AT_ONCE = 2;
const MOST_WAITING = 20;

const SHORTEST = 12;
const LONGEST = 128;

/** What is left when all that can be guessed is taken away. */
const OF_ITS_OWN = 6;
/** Longer ones first: what is left of them must not look like something of its own. */
const COMMON =
  'qwertyuiop asdfghjkl 1234567890 123456789 12345678 password passwort zxcvbnm qwerty qwertz asdfgh 123456 iloveyou letmein welcome changeme administrator dimmer secret admin 12345 1234 abc'.split(
    ' ',
  );

/** What is wrong with a new password, and nothing about what it is made of: length is what counts. */
export function passwordProblem(password: string, email: string): string | null {
  const characters = [...password].length;
  if (characters < SHORTEST) return `At least ${SHORTEST} characters: a few words that only you would put together.`;
  if (characters > LONGEST) return `At most ${LONGEST} characters.`;
  if (new Set(password).size < 5) return 'It repeats the same few characters.';
  const rest = without(password.toLowerCase(), partsOf(email.toLowerCase()));
  if (rest.length < OF_ITS_OWN) return 'It is little more than your own address.';
  if (without(rest, COMMON).length < OF_ITS_OWN) return 'It is one of those that everybody tries first.';
  return null;
}

/** An address, and what it is made of. */
function partsOf(email: string): string[] {
  const [name = '', domain = ''] = email.split('@');
  return [email, domain, name, ...domain.split('.'), ...name.split(/[._+-]/)].filter(({ length }) => length > 2);
}

function without(text: string, parts: readonly string[]): string {
  return parts.reduce((rest, part) => rest.replaceAll(part, ''), text);
}

/** Hashes and checks passwords, two at a time. */
export class Passwords {
  readonly #cost: PasswordCost;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** @param cost of new hashes; only a test, which has nobody to protect, makes it less */
  constructor(cost: PasswordCost = COST) {
    this.#cost = cost;
  }

  /** `scrypt$<N>$<r>$<p>$<salt>$<key>`, base64url: a later version may ask for more, and still read this. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const { N, r, p } = this.#cost;
    const key = await this.#derive(password, salt, KEY_BYTES, this.#cost);
    return `scrypt$${N}$${r}$${p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
  }

  async verify(hash: string, password: string): Promise<boolean> {
    const [name, N, r, p, salt, key] = hash.split('$');
    if (name !== 'scrypt' || !salt || !key) return false;
    const expected = Buffer.from(key, 'base64url');
    const cost = { N: Number(N), r: Number(r), p: Number(p) };
    const derived = await this.#derive(password, Buffer.from(salt, 'base64url'), expected.length, cost);
    return timingSafeEqual(derived, expected);
  }

  async #derive(password: string, salt: Buffer, bytes: number, cost: PasswordCost): Promise<Buffer> {
    await this.#turn();
    const options = { ...cost, maxmem: MOST_MEMORY_BYTES };
    try {
      return await new Promise<Buffer>((resolve, reject) => {
        // NFKC, so that one keyboard's é is another's.
        scrypt(password.normalize('NFKC'), salt, bytes, options, (error, key) =>
          error ? reject(error) : resolve(key),
        );
      });
    } finally {
      this.#running--;
      this.#waiting.shift()?.();
    }
  }

  async #turn(): Promise<void> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= MOST_WAITING) {
        throw new ApiError('SIGN_IN_CROWDED', 'Too many sign in at this moment.', { fix: 'Try again in a minute.' });
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    this.#running++;
  }
}
