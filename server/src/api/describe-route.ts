import {
  dryRunAnswer,
  errorAnswer,
  given,
  proposalAnswer,
  type RouteShape,
  reasonField,
  writeFields,
} from '@dimmer/contract';
import { z } from 'zod';

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

/** Whether a route changes something, and so can be tried, proposed and waited for. */
export function isWrite({ method, isRead }: RouteShape): boolean {
  return method !== 'get' && isRead !== true;
}

/** Whether a route takes a body. A DELETE has none that every proxy lets through: its reason is in the query. */
export function takesBody({ method }: RouteShape): boolean {
  return method !== 'get' && method !== 'delete';
}

/** By route, because the schemas in it are compiled when they are first used: each app of a process shares them. */
const described = new WeakMap<RouteShape, ReturnType<typeof describe>>();

/** A route of the contract as OpenAPI says it, with what all routes take and answer besides. */
export function describeRoute(route: RouteShape): ReturnType<typeof describe> {
  const known = described.get(route);
  if (known) return known;
  const description = describe(route);
  described.set(route, description);
  return description;
}

function describe(route: RouteShape) {
  const query = queryOf(route);
  return {
    method: route.method,
    path: route.path,
    tags: [route.tag],
    summary: route.summary,
    security: [{ token: [] }],
    request: {
      ...(route.params && { params: route.params }),
      ...(query && { query }),
      ...(takesBody(route) && {
        body: {
          required: route.body !== undefined && !route.isBodyOptional,
          content: { 'application/json': { schema: bodyOf(route) } },
        },
      }),
    },
    responses: { ...successes(route), ...errorResponses(route) },
  };
}

function queryOf(route: RouteShape): z.ZodObject | undefined {
  if (!isWrite(route)) return route.query;
  return route.method === 'delete' ? writeFields.extend({ reason: given(reasonField) }) : writeFields;
}

function bodyOf(route: RouteShape): z.ZodObject {
  const body = route.body ?? z.strictObject({});
  return isWrite(route) ? body.extend({ reason: given(reasonField) }) : body;
}

const json = (schema: z.ZodType) => ({ 'application/json': { schema } });

function successes(route: RouteShape) {
  const { answer, status = 200, events, text } = route;
  if (events !== undefined) {
    const content = { 'text/event-stream': { schema: z.string().meta({ description: events }) } };
    return { 200: { description: 'A stream that does not end.', content } };
  }
  if (!isWrite(route) || route.isImmediate) {
    const plain = text === undefined ? {} : { 'text/plain': { schema: z.string().meta({ description: text }) } };
    return { [status]: { description: 'Done.', content: { ...json(answer), ...plain } } };
  }
  const proposed = { 202: { description: 'With `?propose=true`: proposed.', content: json(proposalAnswer) } };
  const looked = 'With `?dryRun=true`: what would come of it.';
  if (status === 200) {
    const either = json(z.union([answer, dryRunAnswer]));
    return { 200: { description: `Done. ${looked}`, content: either }, ...proposed };
  }
  return {
    200: { description: looked, content: json(dryRunAnswer) },
    [status]: { description: 'Done.', content: json(answer) },
    ...proposed,
  };
}

function errorResponses(route: RouteShape) {
  const statuses = route.method !== 'get' ? Object.keys(ERRORS) : ['400', '401', '403', '404', '503'];
  return Object.fromEntries(
    statuses.map((status) => [
      status,
      { description: ERRORS[Number(status) as keyof typeof ERRORS], content: json(errorAnswer) },
    ]),
  );
}
