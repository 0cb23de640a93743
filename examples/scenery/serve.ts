/** The other end of `Service`: what each service of an example does to be one. */
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Longer than a proxy leaves a connection idle: whoever closes first must not be the one that is asked. */
const KEEP_ALIVE_MS = 60_000;

/**
 * Listens on any free port and says where.
 *
 * @param close what has to be done before the process ends
 */
export function serve(listener: RequestListener, close: () => unknown = () => undefined): void {
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS }, listener);
  server.listen(0, '127.0.0.1', () => process.send?.(`http://127.0.0.1:${(server.address() as AddressInfo).port}`));
  process.once('SIGTERM', async () => {
    server.close();
    server.closeIdleConnections();
    await close();
    process.exit();
  });
  // Whoever started it is gone.
  process.once('disconnect', () => process.exit());
}
