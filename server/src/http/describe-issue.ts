import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** One thing that is wrong with what was sent, in our words. */
export interface ShapeProblem {
  /** E.g. `rules[2].when[0].operator`; empty: the whole. */
  readonly path: string;
  readonly message: string;
  readonly fix?: string;
}

/** Says what zod found. `prefix` is the path of what it looked at. */
export function describeIssue(issue: Issue, prefix: readonly PropertyKey[] = []): ShapeProblem {
  const parts = [...prefix, ...issue.path];
  const path = pathText(parts);
  const name = path === '' ? 'The body' : `"${path}"`;
  switch (issue.code) {
    case 'unrecognized_keys': {
      const [key] = issue.keys;
      const unknown = pathText([...parts, key ?? '']);
      return {
        path: unknown,
        message: `"${unknown}" is not a field here.`,
        fix: 'Check its spelling, or leave it out.',
      };
    }
    case 'invalid_type': {
      const isMissing = issue.message.endsWith('received undefined');
      const message = isMissing ? `${name} is missing.` : `${name} must be ${withArticle(issue.expected)}.`;
      return { path, message, fix: `Send ${withArticle(issue.expected)}.` };
    }
    case 'invalid_value':
      return {
        path,
        message: `${name} is not one of the values it may have.`,
        fix: `Send one of: ${issue.values.join(', ')}.`,
      };
    case 'too_big':
      return { path, ...sizeProblem(name, issue.origin, `at most ${issue.maximum}`) };
    case 'too_small':
      return {
        path,
        ...sizeProblem(name, issue.origin, `${issue.inclusive ? 'at least' : 'more than'} ${issue.minimum}`),
      };
    case 'invalid_format':
      return { path, message: `${name} does not have the right form.`, fix: issue.message };
    case 'invalid_union': {
      const nearest = nearestBranch(issue.errors);
      return nearest ? describeIssue(nearest, parts) : { path, message: `${name} has the wrong shape.` };
    }
    default:
      return { path, message: path === '' ? issue.message : `"${path}": ${issue.message}` };
  }
}

/** Something is too long, too short, too large, …; `bound` is e.g. `at most 100`. */
function sizeProblem(name: string, origin: string, bound: string): { message: string; fix: string } {
  const unit = origin === 'array' ? ' items' : origin === 'string' ? ' characters' : '';
  return { message: `${name} must ${unit === '' ? 'be' : 'have'} ${bound}${unit}.`, fix: `Send ${bound}${unit}.` };
}

/** Of all shapes it could have had, the one that it misses by least is probably meant. */
function nearestBranch(branches: readonly (readonly Issue[])[]): Issue | undefined {
  const byDistance = [...branches].sort((one, other) => distance(one) - distance(other));
  return byDistance[0]?.[0];
}

/** A missing or unknown top-level field means another shape was meant; a wrong value deep inside is only a mistake. */
function distance(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.path.length <= 1 ? 10 : 1), 0);
}

function withArticle(expected: string): string {
  if (expected === 'int') return 'a whole number';
  return /^[aeiou]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}

/** E.g. `rules[2].when[0].operator`. */
export function pathText(parts: readonly PropertyKey[]): string {
  let text = '';
  for (const part of parts) text += typeof part === 'number' ? `[${part}]` : `${text === '' ? '' : '.'}${String(part)}`;
  return text;
}
