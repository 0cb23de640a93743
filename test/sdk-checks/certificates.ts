import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** What a TLS server shows. */
export interface Identity {
  readonly key: string;
  readonly cert: string;
}

/** An authority that nobody knows but who is told of it, made by `openssl` for one test. */
export class TestAuthority {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async create(): Promise<TestAuthority> {
    const authority = new TestAuthority(await mkdtemp(join(tmpdir(), 'dimmer-certificates-')));
    await authority.#openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-keyout',
      'ca.key',
      '-out',
      'ca.pem',
      '-days',
      '2',
      '-subj',
      '/CN=Test',
    );
    return authority;
  }

  /** For `NODE_EXTRA_CA_CERTS`. */
  get path(): string {
    return join(this.#folder, 'ca.pem');
  }

  /**
   * A certificate that it has signed.
   *
   * @param name of the host
   * @param days it is valid for from now on; −1: it has expired
   */
  async sign(name: string, days = 1): Promise<Identity> {
    await writeFile(join(this.#folder, 'extensions'), `subjectAltName=DNS:${name}`);
    await this.#openssl('req', ...NEW_KEY, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', `/CN=${name}`);
    const signed = [
      '-CA',
      'ca.pem',
      '-CAkey',
      'ca.key',
      '-CAcreateserial',
      '-days',
      `${days}`,
      '-extfile',
      'extensions',
    ];
    await this.#openssl('x509', '-req', '-in', 'leaf.csr', '-out', 'leaf.pem', ...signed);
    return await this.#leaf();
  }

  /** A certificate that vouches for itself. */
  async selfSigned(name: string): Promise<Identity> {
    const extension = ['-addext', `subjectAltName=DNS:${name}`, '-days', '1'];
    await this.#openssl(
      'req',
      '-x509',
      ...NEW_KEY,
      '-keyout',
      'leaf.key',
      '-out',
      'leaf.pem',
      '-subj',
      `/CN=${name}`,
      ...extension,
    );
    return await this.#leaf();
  }

  async discard(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #leaf(): Promise<Identity> {
    const [key, cert] = await Promise.all(
      ['leaf.key', 'leaf.pem'].map((file) => readFile(join(this.#folder, file), 'utf8')),
    );
    return { key: key ?? '', cert: cert ?? '' };
  }

  async #openssl(...args: readonly string[]): Promise<void> {
    await run('openssl', args, { cwd: this.#folder });
  }
}
