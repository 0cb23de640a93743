/** Backslashes and controls are what browsers take for slashes, or leave out, where one does not expect it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const SUSPECT = /[\\\u0000-\u001f\u007f]/;

/** Does not matter, for it never gets out. */
const HERE = 'http://here.invalid';

/**
 * Where to go after signing in: a path of this origin, or the beginning. Anybody can write `?next=` into a link, and
 * must not be able to send people elsewhere by it.
 */
export function nextPath(next: string | null): string {
  if (next === null || !next.startsWith('/') || next.startsWith('//') || SUSPECT.test(next)) return '/';
  const url = new URL(next, HERE);
  if (url.origin !== HERE || url.pathname.startsWith('//')) return '/';
  return url.pathname === '/sign-in' || url.pathname === '/link' ? '/' : url.pathname + url.search + url.hash;
}
