import { get, type IncomingHttpHeaders } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TestServer } from '../running-server.ts';

let server: TestServer;
const auth = () => ({ authorization: `Bearer ${server.serverKey}` });

beforeAll(async () => {
  server = await TestServer.start();
  await server.admin('POST', 'flags', { key: 'checkout', type: 'boolean' });
});

afterAll(() => server.stop());

describe('GET /sdk/v1/ruleset', () => {
  it('is the snapshot that a stream begins with', async () => {
    const response = await server.sdk('/ruleset');
    const stream = await server.stream();
    const snapshot = await response.json();
    await expect.poll(() => stream.named('snapshot')[0]?.data).toEqual(snapshot);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(response.headers.get('etag')).toBe(`"${snapshot.id}"`);
  });

  it('is not sent again to who has it, also when a proxy has weakened the tag', async () => {
    const etag = (await server.sdk('/ruleset')).headers.get('etag') as string;
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const response = await server.sdk('/ruleset', { headers: { ...auth(), 'if-none-match': tag } });
      expect(response.status).toBe(304);
      expect(response.headers.get('etag')).toBe(etag);
      expect(await response.text()).toBe('');
    }
  });

  it('is new as soon as a change is acknowledged', async () => {
    const etag = (await server.sdk('/ruleset')).headers.get('etag') as string;
    const { id } = await server.admin('POST', 'flags/checkout/environments/production/toggle', { on: true });
    const response = await server.sdk('/ruleset', { headers: { ...auth(), 'if-none-match': etag } });
    expect(response.status).toBe(200);
    expect(await response.json()).toMatchObject({ id, flags: { checkout: { on: true } } });
  });

  it('may be read by a page with a browser key', async () => {
    const response = await fetch(`${server.url}/sdk/v1/ruleset?key=${server.browserKey}`, {
      headers: { origin: 'https://shop.example' },
    });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    expect(await response.json()).toMatchObject({ flags: {}, segments: {} });
  });

  it('comes compressed to who takes that, as the same bytes for everybody', async () => {
    for (let index = 0; index < 10; index += 1) await server.admin('POST', 'flags', { key: `flag-${index}` });
    const read = async (encoding: string) => {
      const headers = { ...auth(), 'accept-encoding': encoding };
      return new Promise<{ headers: IncomingHttpHeaders; bytes: Buffer }>((resolve) => {
        get(`${server.url}/sdk/v1/ruleset`, { headers }, async (response) => {
          resolve({ headers: response.headers, bytes: Buffer.concat(await response.toArray()) });
        });
      });
    };
    const plain = await read('br, gzip;q=0');
    expect(plain.headers['content-encoding']).toBeUndefined();
    const [one, two] = await Promise.all([read('gzip, deflate'), read('*')]);
    expect(one.headers).toMatchObject({
      'content-encoding': 'gzip',
      vary: 'Authorization, Origin, Accept-Encoding',
      etag: plain.headers.etag,
    });
    expect(gunzipSync(one.bytes)).toEqual(plain.bytes);
    expect(one.bytes.length).toBeLessThan(plain.bytes.length / 3);
    expect(two.bytes).toEqual(one.bytes);
  });

  it('answers HEAD with its headers', async () => {
    const response = await server.sdk('/ruleset', { method: 'HEAD', headers: auth() });
    expect(response.status).toBe(200);
    expect(response.headers.get('etag')).toMatch(/^"\d+\.[0-9a-f]{12}"$/);
  });
});
