/** `@dimmer/browser/launch`: the same client, which can also run old and new code side by side. Why: decision 0068. */
import { type LaunchingClient, launchingIn, shadowingLater } from '@dimmer/client';
import { createBrowserShadows } from './browser-shadows.ts';
import { type BrowserOptions, createClientWith } from './create-client.ts';

export type {
  Change,
  ClientEvents,
  CompareOptions,
  ConnectionState,
  EvaluationContext,
  FlagEvaluation,
  JsonValue,
  LaunchingClient as DimmerClient,
  LaunchOptions,
  LaunchStage,
  Logger,
  Readiness,
  Run,
  Snapshot,
  Source,
  Status,
} from '@dimmer/client';
export type { BrowserOptions } from './create-client.ts';

/**
 * Creates a client as the main entry's `createClient` does, with `launch` and `inShadow`. Migrations are for Node, where
 * data is.
 *
 * @example
 * // The dark dial: some page views call the new endpoint, and nobody sees it.
 * void flags.launch('chat-v2', { targetingKey: user.id }, {
 *   control: async () => undefined,
 *   candidate: async ({ signal }) => void (await fetch('/api/chat-v2', { signal })),
 * });
 */
export function createClient(options: BrowserOptions): LaunchingClient {
  const launching = launchingIn(createBrowserShadows(), {
    // A file of its own, so that pages where nothing is dark do not load it. Named as it is when built.
    shadowing: shadowingLater(async () => (await import('./launch-shadows.ts')).createShadowing),
  });
  return createClientWith(options, { launching }) as LaunchingClient;
}
