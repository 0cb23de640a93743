import { changeRoutes } from '@dimmer/contract';
import type { Credential } from '../access/authenticate.ts';
import { can } from '../access/can.ts';
import type { ChangeLog } from '../change-log/change-log.ts';
import { ApiError } from '../http/api-error.ts';
import type { AdminRoutes } from './admin-route.ts';
import { allow } from './allow.ts';
import { entryOf, mayRead, presentChange } from './present.ts';

/** Proxies cut what is silent for a minute; pages take 45 s of silence for a dead connection. */
const PING_MS = 15_000;
/** An ended session, a revoked token, a role taken away is noticed after this long at most. */
const CHECK_MS = 5_000;
const MOST_STREAMS = 500;
const MOST_OF_ONE = 30;
/** A reader that is this far behind has stopped reading. */
const MOST_UNREAD = 1_000;

interface Terms {
  readonly changeLog: ChangeLog;
  /** The owner of a credential as of now; `null`: they are no longer let in. */
  readonly current: (credential: Credential) => Credential | null;
  /** Whether the session that somebody came by is not over. Rejects if nobody can say. */
  readonly lasts: (credential: Credential) => Promise<boolean>;
}

/** The streams of pages and terminals that follow the log. */
export class ChangeStreams {
  readonly #terms: Terms;
  readonly #open = new Map<symbol, { readonly owner: string; readonly end: () => void }>();

  constructor(terms: Terms) {
    this.#terms = terms;
  }

  /** Ends all of them, when the server goes down. */
  close(): void {
    for (const { end } of this.#open.values()) end();
  }

  /**
   * Server-sent events: `hello { revision, id }`, then `change` for every change that the asker may read, `reset` when
   * the history turned out to be another, `ping`.
   *
   * @throws ApiError `STREAMS_FULL`, `STREAMS_CROWDED`
   */
  open(credential: Credential): Response {
    const { changeLog, current, lasts } = this.#terms;
    this.#admit(credential.id);
    const key = Symbol();
    const encoder = new TextEncoder();
    const grants = JSON.stringify(credential.grants);
    let stop = (): void => {};
    const begin = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
      const send = (event: string, data: unknown): void => {
        if (!this.#open.has(key)) return;
        if ((controller.desiredSize ?? 0) < -MOST_UNREAD) end();
        else controller.enqueue(encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`));
      };
      const end = (): void => {
        if (!this.#open.has(key)) return;
        stop();
        controller.close();
      };
      const unsubscribe = changeLog.subscribe(
        (changes) => {
          // First, so that nobody sees it who may no longer see it.
          check();
          for (const change of changes) {
            if (change.writes.some((write) => mayRead(credential, write)))
              send('change', presentChange(entryOf(change), credential));
          }
        },
        () => send('reset', {}),
      );
      // What somebody may see is settled when they connect; with other roles they reconnect.
      const check = (): void => {
        const now = current(credential);
        if (now === null || JSON.stringify(now.grants) !== grants) end();
      };
      // Signed out, ended by its owner from elsewhere, or too old. A database that is away ends nobody's session.
      const checkSession = (): void => {
        check();
        lasts(credential).then(
          (still) => still || end(),
          () => {},
        );
      };
      const pinging = setInterval(() => send('ping', {}), PING_MS);
      const checking = setInterval(checkSession, CHECK_MS);
      stop = () => {
        unsubscribe();
        clearInterval(pinging);
        clearInterval(checking);
        this.#open.delete(key);
      };
      this.#open.set(key, { owner: credential.id, end });
      send('hello', { revision: changeLog.state.head.revision, id: changeLog.id });
    };
    let isBegun = false;
    const body = new ReadableStream<Uint8Array>(
      {
        // When somebody reads it, and not before: of what HEAD is answered nobody reads or closes the body.
        pull: (controller) => {
          if (!isBegun) begin(controller);
          isBegun = true;
        },
        cancel: () => stop(),
      },
      { highWaterMark: 0 },
    );
    return new Response(body, {
      headers: {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-cache, no-store, no-transform',
        'X-Accel-Buffering': 'no',
        'X-Content-Type-Options': 'nosniff',
      },
    });
  }

  #admit(owner: string): void {
    const own = [...this.#open.values()].filter((stream) => stream.owner === owner).length;
    if (own >= MOST_OF_ONE) {
      throw new ApiError('STREAMS_CROWDED', `You follow the changes ${own} times already.`, {
        fix: 'Close some pages, or terminals with `dimmer watch`.',
      });
    }
    if (this.#open.size >= MOST_STREAMS) throw new ApiError('STREAMS_FULL', 'Too many follow the changes already.');
  }
}

/** `GET /stream` */
export function addChangeStream(routes: AdminRoutes, streams: ChangeStreams): void {
  routes.add(changeRoutes.followChanges, {
    action: 'handler decides',
    handle({ credential }) {
      // Somebody without a role waits for one. A token that reads nothing anywhere, as a break-glass one, has no use of it.
      const { grants } = credential;
      const mayLook = grants.some(({ project, environment }) => can(credential, 'read', project, environment));
      if (credential.kind !== 'person' && !mayLook) allow(credential, 'read', null, null);
      return { response: streams.open(credential) };
    },
  });
}
