import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ADMIN_TOKEN, TestServer } from '../../server/test/running-server.ts';
import { rawRequest } from '../../server/test/sign-in/browser.ts';
import { bodyFor, type Door, fill, ROUTES } from './routes.ts';

/** Other ways to write an address, by which a guard has been got round somewhere before. */
const SPELLINGS: Readonly<Record<string, (path: string) => string>> = {
  'a slash before': (path) => `/${path}`,
  'a slash after': (path) => `${path}/`,
  'two slashes': (path) => path.replace(/\/(?=[^/]*$)/, '//'),
  'a dot': (path) => path.replace(/\/(?=[^/]*$)/, '/./'),
  'two dots': (path) => path.replace(/\/(?=[^/]*$)/, '/x/../'),
  'an encoded dot': (path) => path.replace(/\/(?=[^/]*$)/, '/%2e/'),
  'two encoded dots': (path) => path.replace(/\/(?=[^/]*$)/, '/x/%2e%2e/'),
  'an encoded slash': (path) => path.replace(/\/(?=[^/]*$)/, '%2F'),
  'an encoded first slash': (path) => path.replace(/(?<=^\/[^/]*)\//, '%2f'),
  'an encoded letter': (path) =>
    path.replace(
      /([a-z])([^/]*)$/,
      (_, letter: string, rest: string) => `%${letter.charCodeAt(0).toString(16)}${rest}`,
    ),
  'encoded twice': (path) =>
    path.replace(
      /([a-z])([^/]*)$/,
      (_, letter: string, rest: string) => `%25${letter.charCodeAt(0).toString(16)}${rest}`,
    ),
  capitals: (path) => path.toUpperCase(),
  'a backslash': (path) => path.replace(/\/(?=[^/]*$)/, '\\'),
  'a semicolon': (path) => `${path};x=1`,
  'an encoded zero': (path) => `${path}%00`,
  'an ending': (path) => `${path}.json`,
  'what is open before': (path) => `/health/live/..${path}`,
  'sign-in before': (path) => `/auth/ways/..${path}`,
  'a host': (path) => `http://127.0.0.1${path}`,
};
const CLOSED: readonly Door[] = ['admin', 'session', 'sdk key', 'metrics token'];

let server: TestServer;
let viewer = '';

beforeAll(async () => {
  server = await TestServer.start();
  await server.admin('POST', 'flags', { key: 'cart' });
  await server.admin('POST', 'segments', { key: 'testers', included: ['ann'] });
  const { body } = await server.call('POST', '/api/v1/keys', { role: 'viewer', project: 'default' });
  viewer = body.token;
});
afterAll(() => server.stop());

const closed = Object.entries(ROUTES)
  .filter(([, door]) => CLOSED.includes(door))
  .map(([route]) => route.split(' ') as [string, string]);
const revision = async () => (await server.call('GET', '/api/v1/changes?limit=1')).body.items[0].revision;
const send = (method: string, path: string, headers: Record<string, string> = {}, body = '{}') =>
  rawRequest(server.url, {
    method,
    path,
    headers: { ...(method !== 'GET' && { 'content-type': 'application/json' }), ...headers },
    ...(method !== 'GET' && { body }),
  });

describe('T2 Another spelling of an address', () => {
  for (const [name, spell] of Object.entries(SPELLINGS)) {
    it(`with ${name} opens no closed route to somebody who has nothing`, async () => {
      const wrong: string[] = [];
      for (const [method, path] of closed) {
        const spelled = spell(fill(path));
        const { status, body } = await send(method, spelled);
        // Not there, or closed; and never a page that looks like an answer.
        if (![400, 401, 403, 404, 405].includes(status))
          wrong.push(`${method} ${spelled}: ${status} ${body.slice(0, 80)}`);
      }
      expect(wrong).toEqual([]);
    });
  }

  it('lets a viewer change nothing', async () => {
    const before = await revision();
    const writes = closed.filter(([method, path]) => method !== 'GET' && path.startsWith('/api/v1/'));
    for (const [method, path] of writes) {
      for (const spell of Object.values(SPELLINGS)) {
        const body = JSON.stringify({ ...bodyFor(path), reason: 'x' });
        await send(method, spell(fill(path)), { authorization: `Bearer ${viewer}` }, body);
      }
    }
    expect(await revision()).toBe(before);
  });
});

describe('T2 A header that names another method', () => {
  const names = ['x-http-method-override', 'x-http-method', 'x-method-override', '_method'];

  it('makes no write of a read, and opens nothing', async () => {
    const before = await revision();
    for (const name of names) {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const headers = { [name]: method, authorization: `Bearer ${ADMIN_TOKEN}` };
        expect((await send('GET', '/api/v1/projects', headers)).status).toBe(200);
        expect((await send('GET', `/api/v1/projects?${name}=${method}`, headers)).status).toBeLessThan(500);
        expect((await send('GET', '/api/v1/projects', { [name]: method })).status).toBe(401);
      }
      const posted = await send('POST', '/api/v1/projects/default/flags/cart', {
        [name]: 'PATCH',
        authorization: `Bearer ${ADMIN_TOKEN}`,
      });
      expect(posted.status).toBe(404);
    }
    expect(await revision()).toBe(before);
  });

  it('is not there for methods that are unusual either', async () => {
    for (const method of ['HEAD', 'OPTIONS', 'TRACE', 'PROPFIND', 'QUERY']) {
      const { status } = await send(method, '/api/v1/projects');
      expect([400, 401, 404, 405, 501], method).toContain(status);
    }
  });
});

describe('T2 Headers that say where a request was to go', () => {
  it('are not believed', async () => {
    for (const name of ['x-original-url', 'x-rewrite-url', 'x-forwarded-uri', 'x-forwarded-prefix', 'forwarded']) {
      const { body } = await send('GET', '/health/live', { [name]: '/api/v1/projects' });
      expect(JSON.parse(body)).toEqual({ status: 'live' });
      expect((await send('GET', '/api/v1/projects', { [name]: '/health/live' })).status).toBe(401);
    }
  });
});
