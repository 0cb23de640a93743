import { proxyFor, proxyName } from '@dimmer/client-node';
import type { Answers, DryRun, Proposal, Written } from '@dimmer/contract';
import { CommandProblem, EXIT, Refusal } from '../text/exit-codes.ts';
import { fixText } from './fix-text.ts';
import { type Answered, request, type Sent, whyNot } from './http-request.ts';
import type { Settings } from './settings.ts';

/** Longer than any wait that the server offers. */
const ANSWER_MS = 70_000;

/** Bounded concurrency: enough to fill the line to the server, and few enough that it serves others too. */
const AT_ONCE = 12;

/** What goes with a write besides its body. */
export interface CallOptions {
  /** Refuse the write unless the document still has this version. */
  readonly ifMatch?: number | undefined;
  readonly timeoutMs?: number;
}

type RouteName = keyof Answers;

/** What is in braces in a path. */
type ParamsIn<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParamsIn<Rest>
  : never;

/** What stands for it; the project is the client's own. */
type Params<Name extends string> = { readonly [Param in Exclude<ParamsIn<Name>, 'project'>]: string | number };

type Query = Readonly<Record<string, string>>;

/** What goes with a question besides what its path holds. */
interface Asked extends CallOptions {
  readonly query?: Query | undefined;
  readonly body?: object | undefined;
}

/** A method and an address below `/api/v1`. */
export interface Address {
  readonly method: string;
  readonly path: string;
}

/** Lists, and what they are of. */
type ListName = {
  [Name in RouteName]: Answers[Name] extends { readonly next: string | null } ? Name : never;
}[RouteName];
type ItemOf<Name extends ListName> = Answers[Name] extends { readonly items: readonly (infer Item)[] } ? Item : never;

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
   * Asks a route of the contract, e.g. `GET /projects/{project}/flags/{flag}`.
   *
   * @throws CommandProblem with what the server says, its fix, and the code for scripts
   */
  async ask<Name extends RouteName>(name: Name, params: Params<Name>, asked: Asked = {}): Promise<Answers[Name]> {
    const { query, body, ...options } = asked;
    return (await this.#call(this.addressOf(name, params, query), body, options)) as Answers[Name];
  }

  /** All items of a list, page by page. */
  async list<Name extends ListName>(name: Name, params: Params<Name>, query: Query = {}): Promise<ItemOf<Name>[]> {
    const items: ItemOf<Name>[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const page: Answers[ListName] = await this.ask(name, params, {
        query: { ...query, limit: '1000', ...(after && { after }) },
      });
      items.push(...(page.items as readonly ItemOf<Name>[]));
      after = page.next ?? null;
    }
    return items;
  }

  /** What a route says in words, for people. */
  async text<Name extends RouteName>(name: Name, params: Params<Name>, query: Query): Promise<string> {
    const { path } = this.addressOf(name, params, query);
    const answered = await this.#request(path, { signal: AbortSignal.timeout(ANSWER_MS) });
    const text = await this.#text(answered);
    if (!isGood(answered)) throw this.#problem(answered, parse(text), path);
    return text;
  }

  /** Any write, wherever it goes. */
  async carryOut(to: Address, body: object, options?: CallOptions): Promise<Written<{ readonly version: number }>> {
    return (await this.#call(to, body, options)) as Written<{ readonly version: number }>;
  }

  /** What would come of a write. */
  async dryRun({ method, path }: Address, body: object, options?: CallOptions): Promise<DryRun> {
    return (await this.#call({ method, path: `${path}?dryRun=true` }, body, options)) as DryRun;
  }

  /** Makes a write a change request, which somebody else has to approve. */
  async propose({ method, path }: Address, body: object, options?: CallOptions): Promise<Proposal> {
    return (await this.#call({ method, path: `${path}?propose=true` }, body, options)) as Proposal;
  }

  addressOf<Name extends RouteName>(name: Name, params: Params<Name>, query: Query = {}): Address {
    const [method = '', template = ''] = name.split(' ');
    const all: Readonly<Record<string, string | number>> = { project: this.project, ...params };
    const path = template.replace(/\{(\w+)\}/g, (_, param: string) => encodeURIComponent(String(all[param])));
    const search = new URLSearchParams(query);
    return { method, path: search.size > 0 ? `${path}?${search}` : path };
  }

  async #call({ method, path }: Address, body: object | undefined, options: CallOptions = {}): Promise<unknown> {
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

/**
 * Does the same with every item, a few at a time; the answers stand in the order of the items. The first failure ends
 * it.
 *
 * @param onDone told how many are done
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  onDone: (count: number) => void = () => {},
): Promise<Result[]> {
  const results: Result[] = new Array(items.length);
  let next = 0;
  let done = 0;
  const worker = async () => {
    while (next < items.length) {
      const index = next++;
      results[index] = await work(items[index] as Item);
      onDone(++done);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(AT_ONCE, items.length) }, worker));
  } finally {
    // After a failure the others take no more.
    next = items.length;
  }
  return results;
}

/** An answer as a server of before gives it, which leaves some fields out: the command line may be newer than its server. */
export type Older<Answer, Absent extends keyof Answer> = Omit<Answer, Absent> & Partial<Pick<Answer, Absent>>;
