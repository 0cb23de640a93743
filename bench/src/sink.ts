import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A loopback address for events: takes everything, keeps nothing. It has no flags to give. */
export async function openSink(): Promise<{ url: string; close(): void }> {
  const server = createServer((request, response) => {
    request.resume();
    request.on('end', () => response.writeHead(request.method === 'POST' ? 202 : 404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
