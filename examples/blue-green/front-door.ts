/** The front door: each visitor has a cookie, the flag says which stack is theirs, and the door hands their request on. */
import { randomUUID } from 'node:crypto';
import { Agent, request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { createClient } from '@dimmer/node';
import { serve } from '../scenery/serve.ts';

const { DIMMER_URL = 'http://127.0.0.1:4400', DIMMER_KEY = '', BLUE = '', GREEN = '' } = process.env;

const flags = createClient({ url: DIMMER_URL, key: DIMMER_KEY, application: 'front-door' });
const agent = new Agent({ keepAlive: true });

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await buffer(request);
  const known = /(?:^|;\s*)visitor=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
  const visitor = known ?? randomUUID();
  if (!known) response.setHeader('Set-Cookie', `visitor=${visitor}; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax`);

  // Decided for each request anew, from memory. The cookie makes it stick, not a session: any number of doors agree.
  const { value: isGreen, id } = flags.evaluate('green-stack', false, { targetingKey: visitor });
  response.setHeader('X-Rules', id);
  const stack = isGreen ? await forward(GREEN, request, body).catch(orBlue) : await forward(BLUE, request, body);
  response.writeHead(stack.statusCode ?? 502, stack.headers);
  await pipeline(stack, response);

  /** Green is young and may be dead. What it cannot have done may be done by blue. */
  function orBlue(error: NodeJS.ErrnoException): Promise<IncomingMessage> {
    const isUntouched = error.code === 'ECONNREFUSED' || request.method === 'GET' || request.method === 'HEAD';
    if (!isUntouched) throw error;
    response.setHeader('X-Instead-Of', 'green');
    return forward(BLUE, request, body);
  }
}

function forward(stack: string, { url, method, headers }: IncomingMessage, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const onward = httpRequest(stack, { agent, path: url, method, headers }, resolve);
    onward.on('error', reject).end(body);
  });
}

await flags.ready();
serve(
  (request, response) => {
    answer(request, response).catch(() => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  },
  () => flags.close(),
);
