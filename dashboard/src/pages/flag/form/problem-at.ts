import { ServerError } from '../../../api/request.ts';
import type { Problems } from './flag-input.ts';

/** Where the server says that something is wrong, so that it is shown at the field. */
export function problemAt(error: unknown): Problems {
  if (!(error instanceof ServerError)) return new Map();
  const found = new Map<string, string>();
  const { problems } = error.details;
  for (const problem of Array.isArray(problems) ? problems : []) {
    const { path, message, fix } = problem as { path?: string; message?: string; fix?: string };
    if (path !== undefined && !found.has(path)) found.set(path, [message, fix].filter(Boolean).join(' '));
  }
  if (error.path !== undefined && !found.has(error.path)) {
    found.set(error.path, [error.message, error.fix].filter(Boolean).join(' '));
  }
  return found;
}
