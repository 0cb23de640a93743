import { errorAnswer, given, reasonField, writeFields } from '@dimmer/contract';
import { createRoute, OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { accepts } from 'hono/accepts';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Command } from '../commands/command.ts';
import { ApiError } from '../http/api-error.ts';
import type { AppEnv } from '../http/app-env.ts';
import { describeIssue } from '../http/describe-issue.ts';
import { versionInIfMatch } from '../http/if-match.ts';
import type { Credential } from '../keys/authenticate.ts';
import { type Action, can } from '../keys/can.ts';
import type { AdminServices } from './admin-services.ts';
import { allow } from './allow.ts';
import { CarryOut, type Done, type Mode } from './carry-out.ts';

export type AdminApi = OpenAPIHono<AppEnv>;

/** What a handler answers with. */
export interface Answer {
  readonly json: unknown;
  /** Plain text, which is sent instead. */
  readonly text?: string;
  /** A whole response, e.g. a stream, which is sent instead. */
  readonly response?: Response;
  readonly status?: 200 | 201;
  readonly headers?: Readonly<Record<string, string>>;
}

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
   * Carries a command out for whoever asked, with the reason and the version they sent.
   *
   * @throws ApiError with the refusal, if it is refused
   */
  execute(command: Command): Promise<Done>;
}

interface RouteSpec<Params extends z.ZodObject, Body extends z.ZodObject, Query extends z.ZodObject> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** Below `/api/v1`, parameters in braces. */
  readonly path: string;
  readonly tag: string;
  readonly summary: string;
  /**
   * What one must be allowed to do. Checked before anything else, on the `project` and `environment` of the path;
   * a route without them is about the whole installation unless its handler asks `can` about something narrower.
   */
  readonly action: Action | 'handler decides';
  readonly params?: Params;
  /** What must be sent; `reason` is added to it. Without it, a body may hold a reason only. */
  readonly body?: Body;
  /** All that it may hold may be left out, and so may the body. */
  readonly isBodyOptional?: boolean;
  readonly query?: Query;
  readonly answer: z.ZodType;
  /** Cannot be looked at or proposed first: it hands out a secret, or does more than to write a document. */
  readonly isImmediate?: boolean;
  /** The route can answer in plain text as well: what it then says. */
  readonly text?: string;
  readonly status?: 200 | 201;
  handle(
    request: AdminRequest<z.output<Params>, z.output<Body> & { reason?: string }, z.output<Query>>,
  ): Promise<Answer> | Answer;
}

const ERRORS = {
  400: 'The request has the wrong shape.',
  401: 'No key, or one that is unknown, revoked or expired.',
  403: 'The key does not reach that far.',
  404: 'Something that the path names is not there.',
  409: 'The present state does not allow it.',
  412: 'The document has moved on since it was read.',
  413: 'The body is too large.',
  415: 'The body is not said to be JSON.',
  422: 'The content is not valid.',
  428: 'A version is required in If-Match.',
  503: 'The database cannot be used right now.',
} as const;

/** Registers routes of the admin API: described for OpenAPI, authorised, validated. */
export class AdminRoutes {
  readonly api: AdminApi;
  readonly #services: AdminServices;

  constructor(services: AdminServices) {
    this.#services = services;
    this.api = new OpenAPIHono<AppEnv>({ defaultHook: refuseShape });
  }

  add<
    Params extends z.ZodObject = z.ZodObject<Record<never, never>>,
    Body extends z.ZodObject = z.ZodObject<Record<never, never>>,
    Query extends z.ZodObject = z.ZodObject<Record<never, never>>,
  >(spec: RouteSpec<Params, Body, Query>): void {
    const writes = spec.method !== 'get';
    const status = spec.status ?? 200;
    const sendsBody = writes && spec.method !== 'delete';
    const body = (spec.body ?? z.strictObject({})).extend({ reason: given(reasonField) });
    const query = writes ? writeQuery(spec) : spec.query;
    const route = createRoute({
      method: spec.method,
      path: spec.path,
      tags: [spec.tag],
      summary: spec.summary,
      security: [{ token: [] }],
      middleware: [(c: Context<AppEnv>, next: () => Promise<void>) => authorise(c, next, spec.action)],
      request: {
        ...(spec.params && { params: spec.params }),
        ...(query && { query }),
        ...(sendsBody && {
          body: {
            required: spec.body !== undefined && !spec.isBodyOptional,
            content: { 'application/json': { schema: body } },
          },
        }),
      },
      responses: {
        [status]: {
          description: 'Done.',
          content: {
            'application/json': { schema: spec.answer },
            ...(spec.text !== undefined && {
              'text/plain': { schema: z.string().openapi({ description: spec.text }) },
            }),
          },
        },
        ...errorResponses(writes),
      },
    });
    // The types of the router cannot follow a handler that is given what they infer; what it is given is validated.
    const handler = async (c: Context<AppEnv>): Promise<Response> => {
      const { request, carryOut } = this.#request(c, spec.path, sendsBody);
      const { project, environment = null } = request.params as { project?: string; environment?: string };
      const mayRead = project === undefined || can(request.credential, 'read', project, environment);
      // To look at what would come of it is to read, and what is proposed is read by others.
      if (carryOut.mode !== 'execute' && !mayRead) allow(request.credential, 'read', project ?? null, environment);
      if (spec.isImmediate && carryOut.mode !== 'execute') throw new ApiError('QUERY_INVALID', NOT_TRIED);
      const answer = await spec.handle(request as never);
      if (writes && carryOut.mode === 'preview') return c.json(carryOut.previewAnswer());
      if (writes && carryOut.mode === 'propose') return c.json(await carryOut.propose(), 202);
      if (answer.response) return answer.response;
      if (answer.text !== undefined) return c.text(answer.text, 200, { ...answer.headers });
      const json = writes ? await this.#withPropagation(answer.json, request.query, carryOut.done) : answer.json;
      return c.json(
        (mayRead ? json : withoutDocument(json)) as never,
        (answer.status ?? status) as ContentfulStatusCode,
        { ...answer.headers },
      );
    };
    this.api.openapi(route, handler as never);
  }

  /** Where the caller waits for it: answers when the change has reached everybody, or the time is up. */
  async #withPropagation(json: unknown, query: unknown, done: Done | null): Promise<unknown> {
    const { wait, timeoutMs } = (query ?? {}) as z.output<typeof writeFields>;
    if (wait === undefined || done === null) return json;
    const { changeLog, delivery } = this.#services;
    const { change, document } = done;
    // If everything was as asked already, what is waited for is the change that made it so.
    const last = change ?? (document && (await changeLog.change(document.revision)));
    return { ...(json as object), propagation: last ? await delivery.applied(last, timeoutMs) : [] };
  }

  #request(
    c: Context<AppEnv>,
    route: string,
    hasBody: boolean,
  ): { request: AdminRequest<unknown, unknown, unknown>; carryOut: CarryOut } {
    const valid = (target: 'param' | 'query' | 'json') => c.req.valid(target as never) as Record<string, unknown>;
    const credential = c.get('credential');
    const query = valid('query') ?? {};
    const { reason, ...body } = (hasBody ? (valid('json') ?? {}) : { reason: query.reason }) as { reason?: string };
    const expectedVersion = versionInIfMatch(c.req.header('if-match'));
    const method = c.req.method as 'POST';
    const params = valid('param') ?? {};
    // Made from what was understood, not from what was sent: a proposal is carried out where it was looked at.
    const path = route.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(params[name])));
    const carryOut = new CarryOut({
      ...{ changeLog: this.#services.changeLog, credential, mode: modeIn(query), reason, expectedVersion },
      ...{ call: { method, path, body, version: expectedVersion ?? null }, acting: c.env?.acting },
    });
    const execute = (command: Command) => carryOut.execute(command);
    const page = credential.kind === 'person' ? pageOf(c) : null;
    const request = { params, body, query, credential, page, prefersText: prefersText(c), execute };
    return { request, carryOut };
  }
}

/** Whoever may write and not read, as a break-glass token, learns that it is done. */
function withoutDocument(json: unknown): unknown {
  const { document: _unseen, ...rest } = json as { document?: unknown };
  return rest;
}

const NOT_TRIED =
  'This cannot be tried or proposed first: it hands out a secret, or does more than to change a document.';

function modeIn({ dryRun, propose }: Record<string, unknown>): Mode {
  return dryRun !== undefined ? 'preview' : propose !== undefined ? 'propose' : 'execute';
}

/** What every write may be asked for besides. A DELETE has no body that every proxy lets through: its reason is here. */
function writeQuery({ method }: { readonly method: string }) {
  return method === 'delete' ? writeFields.extend({ reason: given(reasonField) }) : writeFields;
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

async function authorise(
  c: Context<AppEnv>,
  next: () => Promise<void>,
  action: RouteSpec<never, never, never>['action'],
) {
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

function errorResponses(writes: boolean) {
  const statuses = writes ? Object.keys(ERRORS) : ['400', '401', '403', '404', '503'];
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      {
        description: ERRORS[Number(status) as keyof typeof ERRORS],
        content: { 'application/json': { schema: errorAnswer } },
      },
    ]),
  );
}
