export type {
  Change,
  ClientEvents,
  CompareOptions,
  ConnectionState,
  Divergence,
  EvaluationContext,
  FlagEvaluation,
  JsonValue,
  LaunchOptions,
  LaunchStage,
  Logger,
  MigratingClient as DimmerClient,
  Migration,
  MigrationOptions,
  Readiness,
  Run,
  Snapshot,
  Source,
  Status,
} from '@dimmer/client';
export { type BackfillBatch, type BackfillOptions, type BackfillProgress, backfill } from './backfill.ts';
export { createClient, type NodeOptions } from './create-client.ts';
