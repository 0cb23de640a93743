import { request as httpRequest } from 'node:http';
import { httpCall } from '../http-call.ts';
import { keepsContract } from '../keeps-contract.ts';
import type { Called, TestServer } from '../running-server.ts';

export const PASSWORD = 'a lamp, a wall, a dimmer';

type Answer = Called & { readonly setCookies: readonly string[] };

/** A page in somebody's browser: it keeps cookies, and says with every request where it comes from. */
export class Browser {
  readonly #server: { readonly url: string };
  readonly #headers: Record<string, string>;
  readonly #cookies = new Map<string, string>();

  /** @param headers with every request, e.g. what a proxy adds */
  constructor(server: { readonly url: string }, headers: Record<string, string> = {}) {
    this.#server = server;
    this.#headers = headers;
  }

  /** What is in a cookie whose name ends so. */
  cookie(name: string): string | undefined {
    return [...this.#cookies].find(([each]) => each.endsWith(name))?.[1];
  }

  /** The whole `Cookie` header. */
  get cookies(): string {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Takes cookies from elsewhere, as whoever plants or steals them. */
  take(cookies: string): this {
    for (const pair of cookies.split('; ').filter(Boolean)) this.#keep(pair);
    return this;
  }

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('GET', path, undefined, headers);
  }

  post(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', path, body, headers);
  }

  async send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer> {
    const url = path.startsWith('http') ? path : this.#server.url + path;
    const response = await httpCall(url, {
      method,
      headers: {
        'sec-fetch-site': 'same-origin',
        origin: this.#server.url,
        ...(this.#cookies.size > 0 && { cookie: this.cookies }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...this.#headers,
        ...headers,
      },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const setCookies = response.headers.getSetCookie();
    for (const cookie of setCookies) this.#keep(cookie);
    const { text } = response;
    const isJson = response.headers.get('content-type')?.includes('json');
    const parsed = isJson && text !== '' ? JSON.parse(text) : text;
    if (isJson && text !== '') keepsContract(method, url, { status: response.status, body: parsed });
    return { status: response.status, headers: response.headers, body: parsed, setCookies };
  }

  /** Opens the changes as they come. Resolves when they begin. */
  async follow(): Promise<Following> {
    const response = await fetch(`${this.#server.url}/api/v1/stream`, {
      headers: {
        ...(this.#cookies.size > 0 && { cookie: this.cookies }),
        'sec-fetch-site': 'same-origin',
        ...this.#headers,
      },
    });
    return new Following(response);
  }

  signIn(email: string, password = PASSWORD): Promise<Answer> {
    return this.post('/auth/sign-in/email', { email, password });
  }

  /** Follows a link, and is in. */
  accept(link: string, answer: { email?: string; name?: string; password?: string } = {}): Promise<Answer> {
    return this.post('/auth/link/accept', { code: codeOf(link), password: PASSWORD, ...answer });
  }

  #keep(cookie: string): void {
    const [pair = '', ...attributes] = cookie.split('; ');
    const name = pair.slice(0, pair.indexOf('='));
    if (attributes.includes('Max-Age=0')) this.#cookies.delete(name);
    else this.#cookies.set(name, pair.slice(name.length + 1));
  }
}

/** The stream of changes as a page has it. */
export class Following {
  readonly status: number;
  readonly events: { event: string; data: unknown }[] = [];
  /** Whether the server has ended it. */
  ended = false;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

  constructor(response: Response) {
    this.status = response.status;
    this.#reader = response.body?.getReader();
    void this.#read();
  }

  close(): Promise<void> {
    return this.#reader?.cancel().catch(() => {}) ?? Promise.resolve();
  }

  async #read(): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    for (;;) {
      const next = await this.#reader?.read().catch(() => undefined);
      if (next === undefined || next.done) break;
      text += decoder.decode(next.value, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const [, event = '', data = 'null'] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
        if (event !== '') this.events.push({ event, data: JSON.parse(data) });
      }
    }
    this.ended = true;
  }
}

/** What stands behind the # of a link. */
export function codeOf(link: string): string {
  return link.slice(link.indexOf('#') + 1);
}

/** The first person of a server, an admin of everything, signed in. */
export async function firstAdmin(server: TestServer, email = 'ann@shop.example'): Promise<Browser> {
  const browser = new Browser(server);
  const { status, body } = await browser.accept(server.setUpLink, { email, name: 'Ann' });
  if (status !== 200) throw new Error(`The set-up failed: ${status} ${JSON.stringify(body)}`);
  return browser;
}

interface GrantInput {
  readonly role: string;
  readonly project?: string;
  readonly environment?: string;
}

/** Invites somebody, who comes at once. */
export async function join(
  server: TestServer,
  admin: Browser,
  email: string,
  ...grants: readonly GrantInput[]
): Promise<Browser & { readonly id: string }> {
  const { status, body } = await admin.post('/api/v1/invitations', { email, grants });
  if (status !== 201) throw new Error(`${email} was not invited: ${status} ${JSON.stringify(body)}`);
  const browser = new Browser(server);
  const accepted = await browser.accept(body.link, { name: email.split('@')[0] ?? email });
  if (accepted.status !== 200) throw new Error(`${email} did not come in: ${JSON.stringify(accepted.body)}`);
  return Object.assign(browser, { id: accepted.body.user.id as string });
}

/** A request as it is written, with headers and a path that `fetch` would not let through. */
export function rawRequest(
  url: string,
  {
    method = 'GET',
    path,
    headers = {},
    body,
  }: { method?: string; path: string; headers?: Record<string, string>; body?: string },
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const request = httpRequest({ hostname, port, method, path, headers, agent: false }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts).toString() }),
      );
    });
    request.on('error', reject);
    request.end(body);
  });
}
