export {
  ERROR_MESSAGES,
  type EvaluationContext,
  HASH_VERSION,
  type JsonValue,
  type LaunchDials,
  type LaunchHold,
  type LaunchStage,
  type MigrationStage,
  MOST_EVENT_BYTES,
  MOST_GZIP_RATIO,
  MOST_INFLATED_BYTES,
  RATIO_COUNTS_FROM_BYTES,
  type RulesetFlag,
  SCHEMA_VERSION,
  type Snapshot,
} from '@dimmer/core';
export { SPEED } from '@dimmer/core/speed';
export { type ClientDeps, createDimmerClient } from './client.ts';
export type { ClientEvents, DimmerClient, FlagEvaluation, Readiness, Widened } from './dimmer-client.ts';
export { identify } from './identity.ts';
export { createHolds, type Holds, hearing } from './launch/holds.ts';
export type { StageFiles } from './launch/known-stages.ts';
export type { CompareOptions, LaunchHooks, LaunchOptions, Run } from './launch/launch-options.ts';
export type { LaunchDifference, LaunchOutcome, SideOutcome } from './launch/launch-outcome.ts';
export type { LaunchParts } from './launch/launch-parts.ts';
export { launchingIn } from './launch/launching.ts';
export type { LaunchingClient, MigratingClient } from './launch/launching-client.ts';
export { migratingWith } from './launch/migration.ts';
export type { Divergence, Migration, MigrationOptions } from './launch/migration-options.ts';
export type { ShadowWorld } from './launch/shadow-world.ts';
export { createShadowing } from './launch/shadowing.ts';
export { shadowingLater } from './launch/shadowing-later.ts';
export { createSwitchback } from './launch/switchback.ts';
export { answerWithin } from './launch/time-limit.ts';
export { warmCopies } from './launch/warm-copies.ts';
export type { Lifecycle } from './lifecycle.ts';
export { createListeners } from './listeners.ts';
export { type ClientOptions, DEFAULTS, type Logger, readOptions } from './options.ts';
export type { ClientParts } from './parts.ts';
export type { Answer, Cache, Connection, HeldRules, Log, LogCode, Platform } from './platform.ts';
export { pollingEvery } from './poller.ts';
export { refusalText } from './refusal-text.ts';
export type { Replica } from './replica.ts';
export { createReporter, type Reporter, type Summary } from './reporter.ts';
export { createServerClock } from './server-clock.ts';
export type { Signals } from './signals.ts';
export type { Change, ConnectionState, Source, Status } from './status.ts';
export { createStream, type Stream } from './stream.ts';
export type { StreamFailure, StreamSink, StreamSource } from './stream-source.ts';
