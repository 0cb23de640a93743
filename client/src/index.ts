export type { Evaluation, EvaluationContext, JsonValue, LaunchStage, Snapshot } from '@dimmer/core';
export { type ClientEvents, DimmerClient, type FlagEvaluation, type Readiness, type Widened } from './client.ts';
export { type Identity, identify } from './identity.ts';
export { type ClientOptions, type Logger, readOptions } from './options.ts';
export type { Answer, Cache, Connection, Log, LogCode, Platform } from './platform.ts';
export type { Source } from './replica.ts';
export type { Change, ConnectionState, Status } from './status.ts';
export type { StreamFailure, StreamSink, StreamSource } from './stream-source.ts';
