/** Who connects, as the server is told with every request. Never secret. */
import type { DEFAULTS } from './options.ts';

const MAX_LENGTH = 100;

export interface Identity {
  readonly instance: string;
  readonly application?: string;
  readonly sdk: string;
  /** New at each start: tells apart clients that are configured with one name. */
  readonly client?: string;
}

/** @param sdk name and version: `node/0.1.0` */
export function identify(
  { instance, application }: Pick<typeof DEFAULTS, 'instance' | 'application'>,
  sdk: string,
  random: () => number,
): Identity {
  return {
    instance: (instance || sdk.split('/')[0] + random().toString(36).slice(1)).slice(0, MAX_LENGTH),
    ...(application && { application: application.slice(0, MAX_LENGTH) }),
    sdk,
    client: random().toString(36).slice(2),
  };
}
