import type { QueryClient } from '@tanstack/react-query';
import { atBase, BASE } from './base.ts';
import type { Change } from './changes.ts';
import { refreshInList } from './flags.ts';
import { queryKeys } from './query-keys.ts';
import { type StreamSink, shareStream } from './shared-stream.ts';

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
  /** The person who is signed in: their tabs share one stream. */
  readonly person: string;
  readonly queryClient: QueryClient;
  readonly touchedBy: (changes: readonly Change[]) => Touched;
  readonly onConnection: (connection: Connection) => void;
}

/**
 * Follows `/api/v1/stream`, one for all tabs: every change that is committed anywhere refreshes what it touches, so no
 * page has to be loaded again. After a gap everything that is shown is requested again.
 *
 * @returns ends it
 */
export function followChanges({ person, queryClient, touchedBy, onConnection }: LiveOptions): () => void {
  let gather: ReturnType<typeof setTimeout> | undefined;
  let gathered: Change[] = [];

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
  const event = (type: string, data: string): void => {
    if (type === 'hello') {
      onConnection('live');
      // What happened while nobody listened is not told again; before the first word, too, the page has read already.
      void queryClient.invalidateQueries();
    } else if (type === 'change') {
      gathered.push(JSON.parse(data) as Change);
      gather ??= setTimeout(refresh, GATHER_MS);
    } else if (type === 'reset') void queryClient.invalidateQueries();
  };
  const lost = (): void => {
    onConnection('lost');
    // Whether the session is the reason shows when somebody asks who they are.
    void queryClient.invalidateQueries({ queryKey: queryKeys.me });
  };
  onConnection('connecting');
  const end = shareStream(`dimmer.changes ${BASE} ${person}`, openStream, { event, lost });
  return () => {
    end();
    clearTimeout(gather);
  };
}

/** A stream of this tab's own, reopened whenever it is lost or silent. */
function openStream({ event, lost }: StreamSink): () => void {
  let source: EventSource | null = null;
  let retry: ReturnType<typeof setTimeout> | undefined;
  let silence: ReturnType<typeof setTimeout> | undefined;
  let failures = 0;

  const heard = (): void => {
    clearTimeout(silence);
    silence = setTimeout(fail, SILENT_MS);
  };
  const fail = (): void => {
    source?.close();
    source = null;
    clearTimeout(silence);
    clearTimeout(retry);
    lost();
    const longest = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++);
    retry = setTimeout(connect, longest / 2 + (Math.random() * longest) / 2);
  };
  const connect = (): void => {
    source = new EventSource(atBase('/api/v1/stream'));
    for (const type of ['hello', 'change', 'ping', 'reset']) {
      source.addEventListener(type, (message) => {
        if (type === 'hello') failures = 0;
        heard();
        event(type, message.data);
      });
    }
    // It would try again by itself after a cut, but not after an error status; one way for both.
    source.addEventListener('error', fail);
  };
  connect();
  return () => {
    source?.close();
    for (const timer of [retry, silence]) clearTimeout(timer);
  };
}
