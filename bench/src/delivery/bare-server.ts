/**
 * The floor of delivery: node:http and a loop that writes one shared buffer to every stream. No log, no database, no
 * keys. `GET /stream` streams, after a snapshot of SNAPSHOT_BYTES; `POST /toggle` writes an event of the same size as ours
 * to all of them.
 */
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const streams = new Set<ServerResponse>();
const event = Buffer.from(`event: patch\nid: 1.0123456789ab\ndata: {"filler":"${'x'.repeat(400)}"}\n\n`);

const snapshotBytes = Number(process.env.SNAPSHOT_BYTES ?? 0);
const hello = Buffer.from(
  `event: snapshot\nid: 1.0123456789ab\ndata: {"filler":"${'x'.repeat(snapshotBytes)}"}\n\nevent: ping\ndata: {}\n\n`,
);

const server = createServer((request, response) => {
  if (request.method === 'POST') {
    request.resume();
    for (const stream of streams) stream.write(event);
    response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    return;
  }
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.write(hello);
  streams.add(response);
  response.on('close', () => streams.delete(response));
});

server.listen(0, '127.0.0.1', () => {
  const { port } = server.address() as AddressInfo;
  process.stdout.write(`http://127.0.0.1:${port}\n`);
});
