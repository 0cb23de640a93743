import { CommandProblem, EXIT } from './exit-codes.ts';
import type { Settings } from './settings.ts';

/** Longer than any wait that the server offers. */
const ANSWER_MS = 70_000;

/** The admin API, as docs/api.md describes it. */
export class ApiClient {
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  get project(): string {
    return this.#settings.project;
  }

  /**
   * Asks the server, below `/api/v1`.
   *
   * @throws CommandProblem with what the server says, its fix, and the code for scripts
   */
  // biome-ignore lint/suspicious/noExplicitAny: the answers of all routes; each command takes what it shows
  async call(method: string, path: string, body?: unknown): Promise<any> {
    const { url, token } = this.#settings;
    const response = await this.#fetch(`${url}/api/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(ANSWER_MS),
    });
    const text = await response.text();
    const answer = parse(text);
    if (response.ok && answer !== undefined) return answer;
    const { code, message, fix } =
      (answer as { error?: { code?: string; message?: string; fix?: string } })?.error ?? {};
    if (code === undefined) {
      throw new CommandProblem(
        EXIT.unreachable,
        `${url} answers ${response.status}, and not as a Dimmer server does.`,
        'Check the address: dimmer doctor',
      );
    }
    throw new CommandProblem(response.status >= 500 ? EXIT.unreachable : EXIT.refused, `${code}: ${message}`, fix);
  }

  /** The same below the project. */
  // biome-ignore lint/suspicious/noExplicitAny: as above
  inProject(method: string, path: string, body?: unknown): Promise<any> {
    return this.call(method, `/projects/${encodeURIComponent(this.project)}/${path}`, body);
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    try {
      return await fetch(url, init);
    } catch (error) {
      throw new CommandProblem(
        EXIT.unreachable,
        `${this.#settings.url} cannot be reached: ${whyNot(error)}.`,
        'Try: dimmer doctor',
      );
    }
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
