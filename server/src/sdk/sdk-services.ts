import type { HttpBindings } from '@hono/node-server';
import type { Evaluations } from '../evaluations/evaluations.ts';
import type { AppEnv } from '../http/app-env.ts';
import type { Hub } from '../hub/hub.ts';
import type { StreamKey } from '../hub/key-watch.ts';
import type { Scope } from '../hub/ruleset-source.ts';
import type { InstanceRegistry } from '../instances/instance-registry.ts';
import type { Launches } from '../launches/launches.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Documents } from '../state/documents.ts';

/** What the routes of `/sdk/v1` work with. */
export interface SdkServices {
  /** Where keys are looked up: in memory. */
  readonly state: Documents;
  readonly hub: Hub;
  readonly instances: InstanceRegistry;
  readonly evaluations: Evaluations;
  readonly launches: Launches;
  readonly metrics: Metrics;
  readonly logger: Logger;
  /** SHA-256, hex, of `DIMMER_ADMIN_TOKEN`, which is told that it is not for SDKs; `null` if that is not set. */
  readonly adminTokenHash: string | null;
  /** Ms since 1970. */
  readonly now: () => number;
}

/** What the presented key opens. */
export interface Access {
  readonly scope: Scope;
  readonly key: StreamKey;
}

/** What their handlers find in the request. */
export interface SdkEnv {
  Variables: AppEnv['Variables'] & { access: Access };
  Bindings: HttpBindings;
}
