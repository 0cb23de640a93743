export { ERROR_MESSAGES, type EvaluationContext, type JsonValue, type LaunchStage, type Snapshot } from '@dimmer/core';
export { SPEED } from '@dimmer/core/speed';
export { createDimmerClient } from './client.ts';
export type { ClientEvents, DimmerClient, FlagEvaluation, Readiness, Widened } from './dimmer-client.ts';
export { identify } from './identity.ts';
export { type ClientOptions, DEFAULTS, type Logger, readOptions } from './options.ts';
export type { Answer, Cache, Connection, Log, LogCode, Platform } from './platform.ts';
export { Poller } from './poller.ts';

export type { Change, ConnectionState, Source, Status } from './status.ts';
export type { StreamFailure, StreamSink } from './stream-source.ts';
