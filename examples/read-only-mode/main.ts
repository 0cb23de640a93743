/**
 * Read-only mode as a kill switch: one act, and every instance refuses writes while reads go on.
 *
 *   DIMMER_URL=http://127.0.0.1:4400 DIMMER_ADMIN_TOKEN=adm_… sh examples/read-only-mode/setup.sh
 *   DIMMER_URL=http://127.0.0.1:4400 DIMMER_KEY=sdk_… PORT=8080 npx tsx examples/read-only-mode/main.ts
 *
 * then `curl -d tea http://127.0.0.1:8080/notes`, `… setup.sh stop`, and the same curl again.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { createClient } from '@dimmer/node';

const RETRY_AFTER_S = 30;

const flags = createClient({
  url: process.env.DIMMER_URL ?? 'http://127.0.0.1:4400',
  key: process.env.DIMMER_KEY ?? '',
  application: 'notes',
});
const notes: string[] = [];

/** The default is `true`: a switch that nobody can reach must not stop the house. */
function acceptsWrites(): boolean {
  return flags.value('accept-writes', true);
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'POST') {
    response.end(`${notes.join('\n')}\n`);
  } else if (acceptsWrites()) {
    notes.push(await text(request));
    response.writeHead(201).end('Noted.\n');
  } else {
    response.writeHead(503, { 'Retry-After': RETRY_AFTER_S }).end('Read-only for the moment; nothing was written.\n');
  }
}

await flags.ready();
const server = createServer((request, response) => void answer(request, response));
server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') process.stdout.write(`Notes on http://127.0.0.1:${address?.port}/notes\n`);
});

process.once('SIGINT', () => {
  server.close();
  void flags.close();
});
