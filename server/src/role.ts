import type { HttpBindings } from '@hono/node-server';
import type { Welcome } from './first-start.ts';
import type { ConnectionObserver } from './http/connections.ts';
import type { Hub } from './hub/hub.ts';
import type { LogFields } from './logger.ts';

/** What a server is besides one that listens: where its rulesets come from, and what it answers. */
export interface Role {
  readonly app: Fetches;
  readonly hub: Hub;
  /** Told of connections that are cut. */
  readonly observer: ConnectionObserver;
  /** Makes what a new server needs; `null` if there is nothing to make. Called when it listens. */
  begin(announce: (welcome: Welcome) => void): Promise<Welcome | null>;
  /** Ends what pages hold open, when the server goes down. */
  leave?(): void;
  /** For the log. */
  facts(): LogFields;
  /** Lets go of everything. Called when all streams have ended. */
  release(): Promise<void>;
}

interface Fetches {
  fetch(request: Request, env: HttpBindings): Response | Promise<Response>;
}
