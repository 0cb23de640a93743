import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { ApiError } from '../http/api-error.ts';

/** At least what OWASP's ASVS 5.0, appendix C, asks of scrypt: about a quarter of a second and 32 MiB. */
const COST: ScryptOptions = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };
const SALT_BYTES = 16;
const KEY_BYTES = 32;
/** More at once would take memory and threads from everything else; more waiting would wait for seconds. */
const AT_ONCE = 2;
const MOST_WAITING = 20;

const SHORTEST = 12;
const LONGEST = 128;

/** What is wrong with a new password, and nothing about what it is made of: length is what counts. */
export function passwordProblem(password: string, email: string): string | null {
  const characters = [...password].length;
  if (characters < SHORTEST) return `At least ${SHORTEST} characters: a few words that only you would put together.`;
  if (characters > LONGEST) return `At most ${LONGEST} characters.`;
  if (new Set(password).size < 5) return 'It repeats the same few characters.';
  const [name = ''] = email.toLowerCase().split('@');
  const rest = password.toLowerCase().replaceAll(name.length > 2 ? name : email.toLowerCase(), '');
  if (rest.length < SHORTEST / 2) return 'It is little more than your own address.';
  return null;
}

/** Hashes and checks passwords, two at a time. */
export class Passwords {
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** `scrypt$<N>$<r>$<p>$<salt>$<key>`, base64url: a later version may ask for more, and still read this. */
  async hash(password: string): Promise<string> {
    const salt = randomBytes(SALT_BYTES);
    const key = await this.#derive(password, salt, KEY_BYTES, COST);
    return `scrypt$${COST.N}$${COST.r}$${COST.p}$${salt.toString('base64url')}$${key.toString('base64url')}`;
  }

  async verify(hash: string, password: string): Promise<boolean> {
    const [name, N, r, p, salt, key] = hash.split('$');
    if (name !== 'scrypt' || !salt || !key) return false;
    const expected = Buffer.from(key, 'base64url');
    const options = { N: Number(N), r: Number(r), p: Number(p), maxmem: COST.maxmem as number };
    const derived = await this.#derive(password, Buffer.from(salt, 'base64url'), expected.length, options);
    return timingSafeEqual(derived, expected);
  }

  async #derive(password: string, salt: Buffer, bytes: number, options: ScryptOptions): Promise<Buffer> {
    await this.#turn();
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
