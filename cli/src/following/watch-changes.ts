import type { Change, History } from '@dimmer/contract';
import type { ApiClient } from '../api/api-client.ts';
import { whyNot } from '../api/http-request.ts';
import { readEvents, type ServerEvent } from '../api/server-events.ts';
import { CommandProblem, EXIT, Refusal } from '../text/exit-codes.ts';

/** The server says something every 15 s. */
const SILENT_MS = 40_000;
const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 30_000;
const PAGE = 500;

/** What happens while one watches. */
export type Watched =
  | { readonly kind: 'connected'; readonly revision: number }
  | { readonly kind: 'change'; readonly change: Change }
  /** The history was replaced, as after a restored backup. */
  | { readonly kind: 'reset' }
  /** Changes before this one were missed, and cannot be read. */
  | { readonly kind: 'gap'; readonly revision: number }
  | { readonly kind: 'lost'; readonly why: string; readonly delayMs: number };

interface WatchOptions {
  /** Of changes that were missed, which to read: a query of `GET /changes`. */
  readonly missed: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** From 0 to 1. All who watch lose a server at once, and must not come back at once. */
  readonly random?: () => number;
}

/**
 * Follows changes as they are committed, over any number of connections. What was committed between two of them is read
 * from the history, so that no change is left out and none comes twice.
 *
 * @throws CommandProblem if the server does not let one watch
 */
export async function* watchChanges(api: ApiClient, options: WatchOptions): AsyncGenerator<Watched> {
  const { signal, missed, random = Math.random } = options;
  let seen: number | undefined;
  let failures = 0;
  while (!signal.aborted) {
    let why = 'the server ended the stream.';
    try {
      for await (const { event, data } of connection(api, signal)) {
        if (event === 'reset') {
          seen = undefined;
          yield { kind: 'reset' };
        }
        if (event === 'hello') {
          failures = 0;
          const { revision } = JSON.parse(data) as { revision: number };
          yield { kind: 'connected', revision };
          // What is committed while the history is read may be in it, and comes by the stream as well.
          let last = revision;
          if (seen !== undefined && revision > seen) {
            for await (const each of between(api, seen, missed)) {
              if (each.kind === 'change') last = Math.max(last, each.change.revision);
              yield each;
            }
          }
          // A restored backup may be behind what was seen here.
          seen = last;
        }
        if (event === 'change') {
          const change = JSON.parse(data) as Change;
          // What `between` has read may come by the stream as well.
          if (seen !== undefined && change.revision <= seen) continue;
          seen = change.revision;
          yield { kind: 'change', change };
        }
      }
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof CommandProblem && error.exitCode !== EXIT.unreachable) throw error;
      why = error instanceof CommandProblem ? error.message : `the stream broke off (${whyNot(error)}).`;
    }
    const delayMs = random() * Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** failures++);
    yield { kind: 'lost', why, delayMs };
    await pause(delayMs, signal);
  }
}

/** Events of one connection; it fails when nothing has come for too long. */
async function* connection(api: ApiClient, signal: AbortSignal): AsyncGenerator<ServerEvent> {
  const ended = new AbortController();
  const silent = () => ended.abort(new Error('nothing has come for too long'));
  let timer = setTimeout(silent, SILENT_MS);
  try {
    const response = await api.stream('/stream', AbortSignal.any([signal, ended.signal]));
    yield* readEvents(response.body, () => {
      clearTimeout(timer);
      timer = setTimeout(silent, SILENT_MS);
    });
  } finally {
    clearTimeout(timer);
    ended.abort();
  }
}

/** Changes after a revision, oldest first. */
async function* between(
  api: ApiClient,
  seen: number,
  query: Readonly<Record<string, string>>,
): AsyncGenerator<Watched> {
  const found: Change[] = [];
  try {
    for (let before: number | null | undefined; before !== null; ) {
      const asked: Readonly<Record<string, string>> = {
        ...query,
        after: String(seen),
        limit: String(PAGE),
        ...(before !== undefined && { before: String(before) }),
      };
      const page: History = await api.ask('GET /changes', {}, { query: asked });
      found.push(...page.items);
      before = page.next ?? null;
    }
  } catch (error) {
    if (!(error instanceof Refusal) || error.exitCode === EXIT.unreachable) throw error;
    yield { kind: 'gap', revision: seen };
  }
  for (const change of found.reverse()) yield { kind: 'change', change };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}
