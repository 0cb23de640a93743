import {
  dryRunAnswer,
  ERROR_STATUS,
  type ErrorCode,
  errorAnswer,
  proposalAnswer,
  ROUTES,
  type RouteShape,
} from '@dimmer/contract';
import type { z } from 'zod';
import { strictly } from './strict-schema.ts';

const API = '/api/v1';

interface Known {
  readonly route: RouteShape;
  readonly pattern: RegExp;
}

/** Fixed names go before parameters: `/changes/verify` before `/changes/{revision}`. */
const KNOWN: readonly Known[] = Object.values<RouteShape>(ROUTES)
  .map((route) => ({ route, pattern: new RegExp(`^${API}${route.path.replace(/\{\w+\}/g, '[^/]+')}$`) }))
  .sort((one, other) => one.route.path.split('{').length - other.route.path.split('{').length);

interface Answered {
  readonly status: number;
  /** What JSON came back. */
  readonly body: unknown;
}

/**
 * Throws unless the admin API answers a request as the contract describes it, and says nothing else besides. Called with
 * every answer that the tests get: so each of them is a test of the contract too.
 *
 * @param path with its query, from the root
 */
export function keepsContract(method: string, path: string, { status, body }: Answered): void {
  const url = new URL(path, 'http://localhost');
  if (!url.pathname.startsWith(`${API}/`)) return;
  const schema = schemaFor(method, url, status);
  if (!schema) return;
  const parsed = strictly(schema).safeParse(body);
  const name = `${method} ${url.pathname} → ${status}`;
  if (!parsed.success) throw new Error(`${name} is not as the contract describes it:\n${wrong(parsed.error)}`);
  if (status < 400) return;
  const { code } = (body as { error: { code: ErrorCode } }).error;
  if (ERROR_STATUS[code] !== status) throw new Error(`${name}: ${code} has the status ${ERROR_STATUS[code]}.`);
}

function schemaFor(method: string, { pathname, searchParams }: URL, status: number): z.ZodType | undefined {
  if (status >= 400) return errorAnswer;
  // Of both, to look is the more careful.
  if (searchParams.has('dryRun')) return dryRunAnswer;
  if (searchParams.has('propose')) return proposalAnswer;
  const { route } =
    KNOWN.find((each) => each.route.method === method.toLowerCase() && each.pattern.test(pathname)) ?? {};
  if (!route) throw new Error(`${method} ${pathname} is answered, and is not in the contract.`);
  if (status !== (route.status ?? 200)) throw new Error(`${method} ${pathname} is answered ${status}.`);
  return route.answer;
}

function wrong({ issues }: z.ZodError): string {
  return issues.map((issue) => `  ${issue.path.join('.')}: ${issue.message}`).join('\n');
}
