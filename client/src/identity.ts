/** Who connects, as the server is told with every request. Never secret. */
import type { DEFAULTS } from './options.ts';

const MAX_LENGTH = 100;

export interface Identity {
  readonly instance: string;
  /** With its version, if there is one: `shop@1.4.2`. Empty: it has no name. */
  readonly application?: string;
  readonly sdk: string;
  /** New at each start: tells apart clients that are configured with one name. */
  readonly client?: string;
}

/** @param sdk name and version: `node/0.1.0` */
export function identify(
  { application, version, instance }: Pick<typeof DEFAULTS, 'instance' | 'application' | 'version'>,
  sdk: string,
  random: () => number,
): Identity {
  return {
    instance: (instance || sdk.split('/')[0] + random().toString(36).slice(1)).slice(0, MAX_LENGTH),
    application: (application + (version && `@${version}`)).slice(0, MAX_LENGTH),
    sdk,
    client: random().toString(36).slice(2),
  };
}
