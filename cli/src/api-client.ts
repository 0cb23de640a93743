import { CommandProblem, EXIT, Refusal } from './exit-codes.ts';
import type { Settings } from './settings.ts';

/** Longer than any wait that the server offers. */
const ANSWER_MS = 70_000;

/** What goes with a request besides its body. */
export interface CallOptions {
  /** Refuse the write unless the document still has this version. */
  readonly ifMatch?: number | undefined;
  readonly timeoutMs?: number;
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
    const response = await this.#fetch(path, {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(ifMatch !== undefined && { 'if-match': `"${ifMatch}"` }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const answer = parse(await this.#text(response));
    if (!response.ok || answer === undefined) throw this.#problem(response.status, answer);
    return answer;
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
  async stream(path: string, signal: AbortSignal): Promise<Response> {
    const response = await this.#fetch(path, { headers: { accept: 'text/event-stream' }, signal });
    if (response.ok && response.body) return response;
    throw this.#problem(response.status, parse(await this.#text(response)));
  }

  async #fetch(path: string, init: RequestInit): Promise<Response> {
    const { url, token } = this.#settings;
    try {
      return await fetch(`${url}/api/v1${path}`, {
        ...init,
        headers: { authorization: `Bearer ${token}`, ...init.headers },
      });
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  /** The connection may break while the answer is on its way. */
  async #text(response: Response): Promise<string> {
    try {
      return await response.text();
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  #unreachable(error: unknown): CommandProblem {
    return new CommandProblem(
      EXIT.unreachable,
      `${this.#settings.url} cannot be reached: ${whyNot(error)}.`,
      'Try: dimmer doctor',
    );
  }

  #problem(status: number, answer: unknown): CommandProblem {
    const { code, message, fix, path } =
      (answer as { error?: { code?: string; message?: string; fix?: string; path?: string } })?.error ?? {};
    if (code === undefined) {
      return new CommandProblem(
        EXIT.unreachable,
        `${this.#settings.url} answers ${status}, and not as a Dimmer server does.`,
        'Check the address: dimmer doctor',
      );
    }
    return new Refusal(status >= 500 ? EXIT.unreachable : EXIT.refused, { code, said: message ?? '', fix, path });
  }
}

/** Why a server could not be reached: `fetch` itself only says that it failed. */
export function whyNot(error: unknown): string {
  const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? message;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
