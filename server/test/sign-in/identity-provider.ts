import { createHash, createSign, generateKeyPairSync, type KeyObject, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const CLIENT = { id: 'dimmer', secret: 'a-secret-between-dimmer-and-the-provider' };
export const PUBLIC_URL = 'http://dimmer.example';

/** What a token says, beside what every token of the provider says. */
export type Claims = Readonly<Record<string, unknown>>;

/** How a provider may go wrong, or somebody between. */
interface Flaws {
  /** Signed with another key than the published one. */
  readonly foreignKey?: boolean;
  /** Not signed at all: `alg: none`. */
  readonly unsigned?: boolean;
}

interface Promised {
  readonly challenge: string;
  readonly claims: Claims;
  readonly flaws: Flaws;
}

// To make one takes a tenth of a second and more.
const KEYS = generateKeyPairSync('rsa', { modulusLength: 2048 });
const OTHER_KEYS = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** A provider of OpenID Connect as small as it can be: it asks nobody for a password, and is strict with its client. */
export class IdentityProvider {
  readonly #server: Server;
  readonly #codes = new Map<string, Promised>();
  /** What the client did wrong; a good one leaves it empty. */
  readonly complaints: string[] = [];
  /** Discovery is answered with 503. */
  isDown = false;

  private constructor() {
    this.#server = createServer(async (request, response) => {
      const answer = await this.#answer(request);
      response.writeHead(answer === null ? 503 : 'error' in answer ? 400 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    });
  }

  static async start(): Promise<IdentityProvider> {
    const provider = new IdentityProvider();
    await new Promise<void>((resolve) => provider.#server.listen(0, '127.0.0.1', resolve));
    return provider;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The settings of a server that trusts it. */
  get env(): Record<string, string> {
    return {
      DIMMER_OIDC_ISSUER: this.url,
      DIMMER_OIDC_CLIENT_ID: CLIENT.id,
      DIMMER_OIDC_CLIENT_SECRET: CLIENT.secret,
      DIMMER_PUBLIC_URL: PUBLIC_URL,
      DIMMER_OIDC_NAME: 'Example',
    };
  }

  /**
   * Somebody comes with the address that the client has sent them to, and is who `claims` say.
   *
   * @returns where they are sent back to
   */
  authorize(address: string, claims: Claims, flaws: Flaws = {}): string {
    const asked = new URL(address).searchParams;
    const wanted = { response_type: 'code', client_id: CLIENT.id, code_challenge_method: 'S256' };
    for (const [name, value] of Object.entries(wanted)) {
      if (asked.get(name) !== value) this.complaints.push(`${name} is ${asked.get(name)}`);
    }
    for (const name of ['state', 'nonce', 'code_challenge']) {
      if ((asked.get(name) ?? '').length < 32) this.complaints.push(`${name} is short or missing`);
    }
    const scopes = asked.get('scope')?.split(' ') ?? [];
    if (!scopes.includes('openid')) this.complaints.push('the scope has no openid');
    const code = randomUUID();
    const nonce = asked.get('nonce');
    this.#codes.set(code, { challenge: asked.get('code_challenge') ?? '', claims: { nonce, ...claims }, flaws });
    const back = new URL(asked.get('redirect_uri') ?? '');
    back.search = String(new URLSearchParams({ code, state: asked.get('state') ?? '', iss: this.url }));
    return back.href;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }

  async #answer(request: IncomingMessage): Promise<object | null> {
    switch (request.url) {
      case '/.well-known/openid-configuration':
        return this.isDown ? null : this.#discovery();
      case '/keys':
        return { keys: [{ ...KEYS.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }] };
      case '/token':
        return this.#token(request);
      default:
        return { error: 'not_found' };
    }
  }

  #discovery(): object {
    return {
      issuer: this.url,
      authorization_endpoint: `${this.url}/authorize`,
      token_endpoint: `${this.url}/token`,
      jwks_uri: `${this.url}/keys`,
      id_token_signing_alg_values_supported: ['RS256'],
    };
  }

  async #token(request: IncomingMessage): Promise<object> {
    const body = new URLSearchParams(await textOf(request));
    const basic = Buffer.from(`${request.headers.authorization}`.replace(/^Basic /, ''), 'base64').toString();
    const isClient = basic === `${CLIENT.id}:${CLIENT.secret}` || body.get('client_secret') === CLIENT.secret;
    const promised = this.#codes.get(body.get('code') ?? '');
    this.#codes.delete(body.get('code') ?? '');
    const verifier = body.get('code_verifier') ?? '';
    const proves = createHash('sha256').update(verifier).digest('base64url') === promised?.challenge;
    if (!isClient || !promised || !proves) {
      this.complaints.push(isClient ? 'the code is not theirs' : 'the client has not said who it is');
      return { error: 'invalid_grant' };
    }
    const { claims, flaws } = promised;
    return {
      access_token: randomUUID(),
      token_type: 'Bearer',
      expires_in: 300,
      id_token: this.#idToken(claims, flaws),
    };
  }

  #idToken(claims: Claims, { foreignKey, unsigned }: Flaws): string {
    const now = Math.floor(Date.now() / 1_000);
    const header = { alg: unsigned ? 'none' : 'RS256', kid: 'one' };
    const body = { iss: this.url, aud: CLIENT.id, iat: now, exp: now + 300, ...claims };
    const content = [header, body].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.');
    return `${content}.${unsigned ? '' : sign(content, (foreignKey ? OTHER_KEYS : KEYS).privateKey)}`;
  }
}

function sign(content: string, key: KeyObject): string {
  return createSign('RSA-SHA256').update(content).sign(key, 'base64url');
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += part;
  return text;
}
