export type {
  Change,
  ClientEvents,
  ConnectionState,
  DimmerClient,
  EvaluationContext,
  FlagEvaluation,
  JsonValue,
  LaunchStage,
  Logger,
  Readiness,
  Snapshot,
  Source,
  Status,
} from '@dimmer/client';
export { type BrowserOptions, createClient } from './create-client.ts';
