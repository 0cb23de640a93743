import { join } from 'node:path';

/**
 * The settings of a server that is measured: on a free port of loopback, with a database file of its own, quiet, and
 * gone at once when it is told to go.
 *
 * @param token of its administrator
 */
export function serverSettings(folder: string, token: string) {
  return {
    HOST: '127.0.0.1',
    PORT: '0',
    DATABASE_URL: `file:${join(folder, 'dimmer.db')}`,
    DIMMER_ADMIN_TOKEN: token,
    DIMMER_DRAIN_MS: '0',
    DIMMER_LOG_LEVEL: 'error',
  };
}
