import type { QueryClient } from '@tanstack/react-query';
import type { Change } from './changes.ts';
import { refreshInList } from './flags.ts';

/** Changes that come at once (an import, an incident) are taken in together. */
const GATHER_MS = 40;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 15_000;
/** The server writes every 15 s; a connection that is silent for longer is dead, whatever the browser believes. */
const SILENT_MS = 45_000;

export type Connection = 'connecting' | 'live' | 'lost';

/** What is refreshed when something changes: the first parts of query keys. */
type Touched = readonly (readonly unknown[])[];

interface LiveOptions {
  readonly queryClient: QueryClient;
  readonly touchedBy: (changes: readonly Change[]) => Touched;
  readonly onConnection: (connection: Connection) => void;
}

/**
 * Follows `/api/v1/stream`: every change that is committed anywhere refreshes what it touches, so no page has to be
 * loaded again. After a gap everything that is shown is asked for anew.
 *
 * @returns ends it
 */
export function followChanges({ queryClient, touchedBy, onConnection }: LiveOptions): () => void {
  let source: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let gather: ReturnType<typeof setTimeout> | undefined;
  let gathered: Change[] = [];
  let failures = 0;
  let hasBeenLive = false;

  const heard = (): void => {
    clearTimeout(silence);
    silence = setTimeout(lost, SILENT_MS);
  };
  const refresh = (): void => {
    const touched = touchedBy(gathered);
    gathered = [];
    gather = undefined;
    for (const queryKey of touched) {
      const [noun, project, flag] = queryKey;
      if (noun === 'flags' && flag !== undefined) void refreshInList(String(project), String(flag));
      else void queryClient.invalidateQueries({ queryKey });
    }
  };
  const lost = (): void => {
    source?.close();
    source = null;
    clearTimeout(silence);
    clearTimeout(retry);
    onConnection('lost');
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++);
    retry = setTimeout(connect, longest / 2 + (Math.random() * longest) / 2);
  };
  const connect = (): void => {
    source = new EventSource('/api/v1/stream');
    source.addEventListener('hello', () => {
      failures = 0;
      heard();
      onConnection('live');
      // What happened while nobody listened is not told again.
      if (hasBeenLive) void queryClient.invalidateQueries();
      hasBeenLive = true;
    });
    source.addEventListener('change', (event) => {
      heard();
      gathered.push(JSON.parse(event.data) as Change);
      gather ??= setTimeout(refresh, GATHER_MS);
    });
    source.addEventListener('ping', heard);
    source.addEventListener('reset', () => void queryClient.invalidateQueries());
    // It would try again by itself after a cut, but not after an error status; one way for both.
    source.addEventListener('error', () => {
      lost();
      // Whether the session is the reason shows when somebody asks who they are.
      void queryClient.invalidateQueries({ queryKey: ['me'] });
    });
  };
  onConnection('connecting');
  connect();
  return () => {
    source?.close();
    for (const timer of [retry, silence, gather]) clearTimeout(timer);
  };
}
