import { get, type IncomingMessage } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { TestServer } from '../running-server.ts';

let server: TestServer;
afterEach(() => server.stop());

/** Asks for a stream on a connection that would be kept, if the server let it. */
function ask(key: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${key}`, connection: 'keep-alive' };
    get(`${server.url}/sdk/v1/stream`, { headers, agent: false }, (response) => resolve(response.resume())).on(
      'error',
      reject,
    );
  });
}

describe('a stream that is refused because too many come at once', () => {
  it('is asked to come back, and its connection is not kept, or a storm would use up the files', async () => {
    server = await TestServer.start({ env: { DIMMER_STREAMS_PER_SECOND: '1' } });
    const first = await ask(server.serverKey);
    expect(first.statusCode).toBe(200);
    const refused = await ask(server.serverKey);
    expect(refused.statusCode).toBe(503);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(refused.headers.connection).toBe('close');
    expect(await server.metric('dimmer_streams_refused_total{reason="busy"}')).toBe(1);
    first.destroy();
  });
});
