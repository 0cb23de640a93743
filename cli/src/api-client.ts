import { proxyFor, proxyName } from '@dimmer/client-node';
import { CommandProblem, EXIT, Refusal } from './exit-codes.ts';
import { fixText } from './fix-text.ts';
import { type Answered, request, type Sent, whyNot } from './http-request.ts';
import type { Settings } from './settings.ts';

/** Longer than any wait that the server offers. */
const ANSWER_MS = 70_000;

/** What goes with a request besides its body. */
export interface CallOptions {
  /** Refuse the write unless the document still has this version. */
  readonly ifMatch?: number | undefined;
  readonly timeoutMs?: number;
}

/** An error as the server says it. */
interface SaidError {
  readonly code?: string;
  readonly message?: string;
  readonly fix?: string;
  readonly path?: string;
  readonly details?: { readonly nearest?: unknown };
}

/** The admin API, as docs/api.md describes it. */
export class ApiClient {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get project(): string {
    return this.#settings.project;
  }

  get url(): string {
    return this.#settings.url;
  }

  /** The same server and token, and another project. */
  of(project: string): ApiClient {
    return new ApiClient({ ...this.#settings, project });
  }

  /**
   * Asks the server, below `/api/v1`.
   *
   * @throws CommandProblem with what the server says, its fix, and the code for scripts
   */
  // biome-ignore lint/suspicious/noExplicitAny: the answers of all routes; each command takes what it shows
  async call(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<any> {
    const { ifMatch, timeoutMs = ANSWER_MS } = options;
    const answered = await this.#request(path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer = parse(await this.#text(answered));
    if (!isGood(answered) || answer === undefined) throw this.#problem(answered, answer, path);
    return answer;
  }

  /** What a route below the project says in words, for people. */
  async textInProject(path: string): Promise<string> {
    const asked = `${this.projectPath}${path}`;
    const answered = await this.#request(asked, { signal: AbortSignal.timeout(ANSWER_MS) });
    const text = await this.#text(answered);
    if (!isGood(answered)) throw this.#problem(answered, parse(text), asked);
    return text;
  }

  /** The same below the project. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  inProject(method: string, path: string, body?: unknown, options?: CallOptions): Promise<any> {
    return this.call(method, `${this.projectPath}${path}`, body, options);
  }

  /** What all paths of the project begin with. */
  get projectPath(): string {
    return `/projects/${encodeURIComponent(this.project)}/`;
  }

  /** All items of a list, page by page. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  async list(path: string, query: Readonly<Record<string, string>> = {}): Promise<any[]> {
    const items = [];
    for (let after: string | null = ''; after !== null; ) {
      const search = new URLSearchParams({ ...query, limit: '1000', ...(after && { after }) });
      const page = await this.call('GET', `${path}?${search}`);
      items.push(...page.items);
      after = page.next ?? null;
    }
    return items;
  }

  /** The same below the project. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  listInProject(path: string, query?: Readonly<Record<string, string>>): Promise<any[]> {
    return this.list(`${this.projectPath}${path}`, query);
  }

  /** An answer that does not end: the body as it arrives. */
  async stream(path: string, signal: AbortSignal): Promise<Answered> {
    const answered = await this.#request(path, { headers: { accept: 'text/event-stream' }, signal });
    if (isGood(answered)) return answered;
    throw this.#problem(answered, parse(await this.#text(answered)), path);
  }

  async #request(path: string, sent: Sent): Promise<Answered> {
    const { url, token } = this.#settings;
    const headers = { authorization: `Bearer ${token}`, ...sent.headers };
    try {
      return await request(`${url}/api/v1${path}`, { ...sent, headers });
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  /** The connection may break while the answer is on its way. */
  async #text(answered: Answered): Promise<string> {
    try {
      return await answered.text();
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  #unreachable(error: unknown): CommandProblem {
    return new CommandProblem(
      EXIT.unreachable,
      `${this.#settings.url} cannot be reached${this.#way()}: ${whyNot(error)}.`,
      'Try: dimmer doctor',
    );
  }

  /** By whose help, if by anybody's: what goes wrong may be the proxy's doing. */
  #way(): string {
    const proxy = proxyFor(new URL(this.#settings.url), process.env);
    return proxy ? ` by the proxy ${proxyName(proxy)}` : '';
  }

  #problem({ status, headers }: Answered, answer: unknown, asked: string): CommandProblem {
    const { code, message, fix: said, path, details } = (answer as { error?: SaidError })?.error ?? {};
    if (code === undefined) {
      return new CommandProblem(
        EXIT.unreachable,
        `${this.#settings.url} answers ${status}${this.#way()}, and not as a Dimmer server does.`,
        headers.location ? `It sends on to ${headers.location}: use that address.` : 'Check the address: dimmer doctor',
      );
    }
    const nearest = details?.nearest;
    const fix = fixText(code, asked, said, typeof nearest === 'string' ? nearest : undefined);
    return new Refusal(status >= 500 ? EXIT.unreachable : EXIT.refused, { code, said: message ?? '', fix, path });
  }
}

function isGood({ status }: Answered): boolean {
  return status >= 200 && status < 300;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
