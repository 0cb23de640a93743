import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import type { AppEnv } from '../http/app-env.ts';
import type { Hub } from '../hub/hub.ts';
import type { StreamKey } from '../hub/key-watch.ts';
import type { InstanceRegistry } from '../instances/instance-registry.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Scope } from '../ruleset/ruleset-source.ts';
import type { EventLimit, Sender } from './event-limit.ts';
import type { EventSink } from './event-sink.ts';
import type { KeyGate } from './key-gate.ts';

/** What the routes of `/sdk/v1` work with. */
export interface SdkServices {
  readonly keys: KeyGate;
  readonly hub: Hub;
  readonly instances: InstanceRegistry;
  /** Where goes what SDKs report. */
  readonly events: EventSink;
  /** How much of it may come from one place. */
  readonly eventLimit: EventLimit;
  /**
   * Whether this server knows less than a client that comes with `lastId`, so that it must not take it back there. False
   * at once where it does not; otherwise it tries to catch up first.
   */
  readonly isBehind: (scope: Scope, lastId: string) => false | Promise<boolean>;
  /** Where a request comes from. */
  readonly addressOf: (request: IncomingMessage) => string;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** Ms since 1970. */
  readonly now: () => number;
}

/** What the presented key opens. */
export interface Access {
  readonly scope: Scope;
  readonly key: StreamKey;
}

/** Who sends the batch of events that is being read. */
interface BatchSender extends Sender {
  /** What its bytes have been charged so far. */
  readonly chargedBytes: number;
  /** Whether it may speak for others. */
  readonly isRelay: boolean;
}

/** What their handlers find in the request. */
export interface SdkEnv {
  Variables: AppEnv['Variables'] & { access: Access; sender: BatchSender };
  Bindings: HttpBindings & Pick<AppEnv['Bindings'], 'prove'>;
}
