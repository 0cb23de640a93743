import type { AnswerOf, RouteShape, writeFields } from '@dimmer/contract';
import { createRoute, OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import type { z } from 'zod';
import type { Credential } from '../access/authenticate.ts';
import { type Action, can } from '../access/can.ts';
import type { Command } from '../commands/command.ts';
import { ApiError } from '../http/api-error.ts';
import type { AppEnv } from '../http/app-env.ts';
import { describeIssue } from '../http/describe-issue.ts';
import { versionInIfMatch } from '../http/if-match.ts';
import type { AdminServices } from './admin-services.ts';
import { allow } from './allow.ts';
import { CarryOut, type Done, type Mode } from './carry-out.ts';
import { describeRoute, isWrite, takesBody } from './describe-route.ts';
import type { Described } from './described.ts';

export type AdminApi = OpenAPIHono<AppEnv>;

/** What a handler answers with: JSON, or plain text, or a whole response such as a stream. */
export type Reply<Json = unknown> =
  | { readonly json: Json; readonly headers?: Readonly<Record<string, string>> }
  | { readonly text: string }
  | { readonly response: Response };

/** What a handler is given: everything that was sent, validated, and who sent it. */
export interface AdminRequest<Params, Body, Query> {
  readonly params: Params;
  readonly body: Body;
  readonly query: Query;
  /** `Accept` prefers plain text to JSON. For routes that have it. */
  readonly prefersText: boolean;
  readonly credential: Credential;
  /**
   * Where the page is from that a person asks by, as their browser says; `null`: nobody has looked at one. Never what
   * `Host` or a header of a proxy says: those may be made up, or another's.
   */
  readonly page: string | null;
  /**
   * Carries a command out for the caller, with the reason and the version that they sent.
   *
   * @throws ApiError with the refusal, if it is refused
   */
  execute(command: Command): Promise<Done>;
}

/** What is checked, as the type that a schema of the route gives; without one there is nothing. */
type Sent<Schema> = Schema extends z.ZodType ? z.output<Schema> : Readonly<Record<never, never>>;

/** What a handler of a route is given. */
type RequestOf<Route extends RouteShape> = AdminRequest<
  Sent<Route['params']>,
  Sent<Route['body']> & { reason?: string },
  Sent<Route['query']>
>;

/** How a route of the contract is served. */
interface Service<Route extends RouteShape, Json> {
  /**
   * What one must be allowed to do. Checked before anything else, on the `project` and `environment` of the path;
   * a route without them is about the whole installation unless its handler asks `can` about something narrower.
   */
  readonly action: Action | 'handler decides';
  /** What must be sent, where only the server can check the whole of it. Default: as the contract says. */
  readonly body?: Route['body'];
  /** Its answer must have all that the contract describes, and nothing else: the type checker says so. */
  handle(request: RequestOf<Route>): Promise<Reply<Json>> | Reply<Json>;
}

/** Registers routes of the admin API: described for OpenAPI, authorised, validated. */
export class AdminRoutes {
  readonly api: AdminApi;
  readonly #services: AdminServices;

  constructor(services: AdminServices) {
    this.#services = services;
    this.api = new OpenAPIHono<AppEnv>({ defaultHook: refuseShape });
  }

  /** Serves a route of the contract. Each is served once. */
  add<const Route extends RouteShape, const Json extends AnswerOf<Route>>(
    route: Route,
    { action, body, handle }: Service<Route, Json & Described<Json, AnswerOf<Route>>>,
  ): void {
    const shape: RouteShape = body === undefined ? route : { ...route, body };
    const writes = isWrite(shape);
    const described = createRoute({
      ...describeRoute(shape),
      middleware: [(c: Context<AppEnv>, next: () => Promise<void>) => authorise(c, next, action)],
    });
    // The types of the router cannot follow a handler that is given what they infer; what it is given is validated.
    const handler = async (c: Context<AppEnv>): Promise<Response> => {
      const { request, carryOut } = this.#request(c, shape);
      const { project, environment = null } = request.params as { project?: string; environment?: string };
      const mayRead = project === undefined || can(request.credential, 'read', project, environment);
      // To look at what would come of it is to read, and what is proposed is read by others.
      if (carryOut.mode !== 'execute' && !mayRead) allow(request.credential, 'read', project ?? null, environment);
      if (shape.isImmediate && carryOut.mode !== 'execute') throw new ApiError('QUERY_INVALID', NOT_TRIED);
      const reply = await handle(request as RequestOf<Route>);
      if (writes && carryOut.mode === 'preview') return c.json(carryOut.previewAnswer());
      if (writes && carryOut.mode === 'propose') return c.json(await carryOut.propose(), 202);
      if ('response' in reply) return reply.response;
      if ('text' in reply) return c.text(reply.text);
      const json = writes ? await this.#withPropagation(reply.json, request.query, carryOut.done) : reply.json;
      return c.json((mayRead ? json : withoutDocument(json)) as never, shape.status ?? 200, { ...reply.headers });
    };
    this.api.openapi(described, handler as never);
  }

  /** Where the caller waits for it: answers when the change has reached everybody, or the time is up. */
  async #withPropagation(json: unknown, query: unknown, done: Done | null): Promise<unknown> {
    const { wait, timeoutMs } = (query ?? {}) as z.output<typeof writeFields>;
    if (wait === undefined || done === null) return json;
    const { changeLog, propagations } = this.#services;
    const { change, document } = done;
    // If everything was as asked already, what is waited for is the change that made it so.
    const last = change ?? (document && (await changeLog.change(document.revision)));
    return { ...(json as object), propagation: last ? await propagations.applied(last, timeoutMs) : [] };
  }

  #request(
    c: Context<AppEnv>,
    shape: RouteShape,
  ): { request: AdminRequest<unknown, unknown, unknown>; carryOut: CarryOut } {
    const valid = (target: 'param' | 'query' | 'json') => c.req.valid(target as never) as Record<string, unknown>;
    const credential = c.get('credential');
    const query = valid('query') ?? {};
    const { reason, ...body } = (takesBody(shape) ? (valid('json') ?? {}) : { reason: query.reason }) as {
      reason?: string;
    };
    const expectedVersion = versionInIfMatch(c.req.header('if-match'));
    const method = c.req.method as 'POST';
    const params = valid('param') ?? {};
    // Made from what was understood, not from what was sent: a proposal is carried out where it was looked at.
    const path = shape.path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
    const carryOut = new CarryOut({
      changeLog: this.#services.changeLog,
      credential,
      mode: isWrite(shape) ? modeIn(query) : 'execute',
      reason,
      expectedVersion,
      call: { method, path, body, version: expectedVersion ?? null },
      acting: c.env?.acting,
    });
    const execute = (command: Command) => carryOut.execute(command);
    const page = credential.kind === 'person' ? pageOf(c) : null;
    const request = { params, body, query, credential, page, prefersText: prefersText(c), execute };
    return { request, carryOut };
  }
}

/** A caller who may write and not read (a break-glass token) learns that it is done, and no more. */
function withoutDocument(json: unknown): unknown {
  const { document: _unseen, ...rest } = json as { document?: unknown };
  return rest;
}

const NOT_TRIED =
  'This cannot be tried or proposed first: it hands out a secret, or does more than to change a document.';

function modeIn({ dryRun, propose }: Record<string, unknown>): Mode {
  return dryRun !== undefined ? 'preview' : propose !== undefined ? 'propose' : 'execute';
}

/** `Origin`, where the browser says besides that the page is this server's own: then it has opened it there. */
function pageOf(c: Context<AppEnv>): string | null {
  const origin = c.req.header('origin') ?? '';
  return c.req.header('sec-fetch-site') === 'same-origin' && /^https?:\/\/[^\s/?#]+$/.test(origin) ? origin : null;
}

function prefersText(c: Context<AppEnv>): boolean {
  const supports = ['application/json', 'text/plain'];
  return accepts(c, { header: 'Accept', supports, default: 'application/json' }) === 'text/plain';
}

async function authorise(c: Context<AppEnv>, next: () => Promise<void>, action: Action | 'handler decides') {
  const { project = null, environment = null } = c.req.param() as { project?: string; environment?: string };
  if (action !== 'handler decides') allow(c.get('credential'), action, project, environment);
  await next();
}

type ShapeResult = { readonly target: string } & (
  | { readonly success: true }
  | { readonly success: false; readonly error: z.ZodError }
);

const SHAPE_CODES = { json: 'BODY_INVALID', query: 'QUERY_INVALID', param: 'PATH_INVALID' } as const;

/** Answers what zod finds wrong with a request, first things first, all of it in `details.problems`. */
function refuseShape(result: ShapeResult): void {
  if (result.success) return;
  const problems = result.error.issues.map((issue) => describeIssue(issue));
  const [first] = problems;
  const [issue] = result.error.issues;
  const isTooLong = result.target === 'json' && issue?.code === 'too_big' && issue.origin === 'array';
  // As when the same list grows too long step by step: the shape is right, and there is too much of it.
  const code = isTooLong
    ? 'LIMIT_EXCEEDED'
    : (SHAPE_CODES[result.target as keyof typeof SHAPE_CODES] ?? 'BODY_INVALID');
  throw new ApiError(code, first?.message ?? 'The request has the wrong shape.', {
    ...(first?.fix !== undefined && { fix: first.fix }),
    ...(first?.path && { path: first.path }),
    details: { problems },
  });
}
