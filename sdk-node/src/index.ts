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
export { createClient, type NodeOptions } from './create-client.ts';
