/** Who connects, as the server is told with every request. Never secret. */
import type { ClientOptions } from './options.ts';

const MAX_LENGTH = 100;

export interface Identity {
  readonly instance: string;
  readonly application?: string;
  readonly sdk: string;
}

/** @param sdk name and version: `node/0.1.0` */
export function identify(
  { instance, application }: Partial<ClientOptions>,
  sdk: string,
  random: () => number,
): Identity {
  return {
    instance: (instance || sdk.split('/')[0] + random().toString(36).slice(1, 12)).slice(0, MAX_LENGTH),
    ...(application ? { application: application.slice(0, MAX_LENGTH) } : undefined),
    sdk,
  };
}
