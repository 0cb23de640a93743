import { flagsQuery } from './flags.ts';
import { sessionQuery } from './me.ts';
import { environmentsQuery, projectsQuery } from './projects.ts';
import { queryClient } from './query-client.ts';

/**
 * Asks at once for what the first page will ask for one after another: who this is, the projects, and the flags of the
 * one in the address. Without a sign-in it gets nothing.
 */
export function warmUp(pathname: string): void {
  if (/^\/(sign-in|link)\b/.test(pathname)) return;
  void queryClient.prefetchQuery(sessionQuery);
  void queryClient.prefetchQuery(projectsQuery);
  const project = /^\/projects\/([^/]+)\/(\w*)/.exec(pathname);
  if (!project?.[1]) return;
  const key = decodeURIComponent(project[1]);
  void queryClient.prefetchQuery(environmentsQuery(key));
  if (project[2] === 'flags' && pathname.endsWith('/flags')) void queryClient.prefetchQuery(flagsQuery(key));
}
