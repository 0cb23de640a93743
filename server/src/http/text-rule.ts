import type { ErrorCode } from '@dimmer/contract';
import type { Context } from 'hono';
import { ApiError } from './api-error.ts';
import type { AppEnv } from './app-env.ts';
import { pathText } from './describe-issue.ts';
import { textOf } from './request-body.ts';

// Why: decision 0130.
/** Fields of texts for people; what they are called in a flag's own values is the flag's business. */
const FOR_PEOPLE = new Set(['name', 'description', 'reason', 'owner', 'tags', 'comment', 'email', 'seed', 'id']);
/** What applications read, in whatever characters they use. */
const VALUES = new Set(['value', 'values']);
/** Only looked at, never kept: `explain` is sent what the application sends. */
const NOT_KEPT = new Set(['context']);

/** In JSON they stand as escapes, DELETE also as itself; a body without any need not be looked at. */
const SUSPICIOUS = /\\u(?:00[01]|007f|d[89a-f])|\\[bf]|\x7f/i;

/** U+0000 ends a text in C, and PostgreSQL cannot keep it. */
const NUL = '\0';
/** Half of a surrogate pair: it is no character, and UTF-8 cannot say it. */
const HALF_PAIR = /\p{Cs}/u;
/** They move cursors and ring bells; tabs and line ends are as good in a text as a space. */
const CONTROL = /[^\P{Cc}\t\n\r\u0080-\u009f]/u;
/** The same in an address, where there is no half of a pair, and tabs and line ends are allowed. */
const CONTROL_IN_ADDRESS = /%(?:0[0-8bcef]|1[0-9a-f]|7f)/i;

/**
 * The one rule for texts, asked before anything reads them, the same for every field and both databases: no U+0000 and
 * no half of a surrogate pair anywhere; no control characters but tabs and line ends in texts for people and in
 * addresses. What SDKs report is cleaned instead: one name must not cost a batch.
 *
 * @throws ApiError `BODY_INVALID`, `QUERY_INVALID`, `PATH_INVALID`
 */
export async function limitText(c: Context<AppEnv>, next: () => Promise<void>): Promise<void> {
  const [path = '', query = ''] = c.req.url.split('?', 2);
  if (CONTROL_IN_ADDRESS.test(path)) throw invalid('PATH_INVALID', 'The path', 'a control character');
  if (CONTROL_IN_ADDRESS.test(query)) throw invalid('QUERY_INVALID', 'The query', 'a control character');
  if (c.req.method !== 'GET' && c.req.method !== 'HEAD') {
    const text = textOf(new Uint8Array(await c.req.arrayBuffer()));
    if (SUSPICIOUS.test(text)) checkText(parsed(text), [], { isForPeople: false });
  }
  await next();
}

interface Where {
  readonly isForPeople: boolean;
}

function checkText(value: unknown, path: readonly PropertyKey[], where: Where): void {
  if (typeof value === 'string') {
    const problem = problemOf(value, where);
    if (problem !== null)
      throw invalid('BODY_INVALID', path.length === 0 ? 'The body' : `"${pathText(path)}"`, problem, pathText(path));
  } else if (Array.isArray(value)) {
    for (const [index, member] of value.entries()) checkText(member, [...path, index], where);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, member] of Object.entries(value)) {
      if (path.length === 0 && NOT_KEPT.has(key)) continue;
      const problem = problemOf(key, where);
      if (problem !== null) throw invalid('BODY_INVALID', 'The name of a field', problem, pathText(path));
      const isValue = VALUES.has(key) || path.some((each) => VALUES.has(String(each)));
      checkText(member, [...path, key], { isForPeople: !isValue && FOR_PEOPLE.has(key) });
    }
  }
}

function problemOf(text: string, { isForPeople }: Where): string | null {
  if (text.includes(NUL)) return 'the character U+0000';
  if (HALF_PAIR.test(text)) return 'half of a surrogate pair, which is no character';
  const control = isForPeople ? CONTROL.exec(text)?.[0] : undefined;
  if (control === undefined) return null;
  const code = (control.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `the control character U+${code}`;
}

function invalid(code: ErrorCode, what: string, problem: string, path?: string): ApiError {
  return new ApiError(code, `${what} has ${problem}.`, {
    fix: 'Take it out; it often comes along when something is copied from a log or a binary file.',
    ...(path && { path }),
  });
}

/** What is no JSON is refused by its reader. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
