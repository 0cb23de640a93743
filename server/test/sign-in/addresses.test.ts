import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emailAddress, isEmailAddress } from '../../src/documents/email-address.ts';
import { TestServer } from '../running-server.ts';
import { Browser, codeOf, firstAdmin } from './browser.ts';

const VIEWER = { role: 'viewer', project: 'default' };
const WRONG = 'not the lamp on the wall';

/** As they are sent, and as people are called by them. */
const GOOD = {
  'admin@localhost': 'admin@localhost',
  'ops@intranet': 'ops@intranet',
  'jörg@firma.example': 'jörg@firma.example',
  'ann@münchen.example': 'ann@münchen.example',
  'ann@xn--mnchen-3ya.example': 'ann@münchen.example',
  ' ANN@Corp.Example ': 'ann@corp.example',
  'JÖRG@firma.example': 'jörg@firma.example',
  // ö as o and two dots.
  'jo\u0308rg@firma.example': 'jörg@firma.example',
  "o'neil@corp.example": "o'neil@corp.example",
  'ann+lamp@corp.example': 'ann+lamp@corp.example',
  'a..b@corp.example': 'a..b@corp.example',
  '.ann@corp.example': '.ann@corp.example',
  'ann@10.0.0.1': 'ann@10.0.0.1',
  [`${'a'.repeat(241)}@corp.example`]: `${'a'.repeat(241)}@corp.example`,
};

const BAD = [
  ...['', 'ann', '@corp.example', 'ann@', 'ann@corp@example', 'ann@corp..example', 'ann@.example', 'ann@corp.'],
  ...[
    'an n@corp.example',
    'ann@cor p',
    '"x y"@corp.example',
    '<ann@corp.example>',
    'ann@corp.example/x',
    'ann@corp:25',
  ],
  ...['a\u0000b@corp.example', 'a\u200bb@corp.example', 'ann@xn--a.example', `${'a'.repeat(242)}@corp.example`],
];

describe('The rule of addresses', () => {
  it('knows one spelling of each', () => {
    for (const [sent, spelled] of Object.entries(GOOD)) {
      expect(emailAddress(sent), sent).toBe(spelled);
      expect(emailAddress(spelled), spelled).toBe(spelled);
      expect(isEmailAddress(spelled), spelled).toBe(true);
    }
  });

  it('takes what a mail server of one’s own can have, and nothing with blanks, quotes or what cannot be seen', () => {
    for (const bad of BAD) expect(isEmailAddress(emailAddress(bad)), JSON.stringify(bad)).toBe(false);
  });
});

describe('Whoever is given an address', () => {
  let server: TestServer;
  let ann: Browser;
  beforeEach(async () => {
    server = await TestServer.start();
  });
  afterEach(() => server.stop());

  const open = async (link: string) => (await new Browser(server).post('/auth/link', { code: codeOf(link) })).status;

  it('comes in by the first link, and again by address and password', async () => {
    const root = new Browser(server);
    expect((await root.accept(server.setUpLink, { email: 'admin@localhost', name: 'Root' })).status).toBe(200);
    expect((await root.get('/api/v1/me')).body).toMatchObject({ email: 'admin@localhost', name: 'Root' });
    const again = new Browser(server);
    const { status, body } = await again.signIn('Admin@LOCALHOST');
    expect({ status, email: body.user.email }).toEqual({ status: 200, email: 'admin@localhost' });
    expect((await again.get('/api/v1/me')).status).toBe(200);
    expect((await new Browser(server).signIn('admin@localhost', WRONG)).status).toBe(401);
  });

  it('keeps the first link if the address is none', async () => {
    for (const email of BAD) {
      const { status, body } = await new Browser(server).accept(server.setUpLink, { email });
      expect({ status, ...body.error }, JSON.stringify(email)).toMatchObject({
        status: 400,
        code: 'BODY_INVALID',
        path: 'email',
      });
    }
    expect(await open(server.setUpLink)).toBe(200);
    expect((await new Browser(server).accept(server.setUpLink, { email: 'jörg@firma.example' })).status).toBe(200);
  });

  it('comes in by an invitation, for every address that one can be made for, however it is spelled', async () => {
    ann = await firstAdmin(server);
    const spellings = new Map(Object.entries(GOOD).map(([sent, spelled]) => [spelled, sent]));
    for (const [spelled, sent] of spellings) {
      const invited = await ann.post('/api/v1/invitations', { email: sent, grants: [VIEWER] });
      expect({ status: invited.status, email: invited.body.document?.email }).toEqual({ status: 201, email: spelled });
      expect((await new Browser(server).accept(invited.body.link)).status, spelled).toBe(200);
      const browser = new Browser(server);
      expect((await browser.signIn(sent)).status, sent).toBe(200);
      expect((await browser.get('/api/v1/me')).body.email).toBe(spelled);
    }
    for (const email of BAD) {
      expect((await ann.post('/api/v1/invitations', { email, grants: [VIEWER] })).status, email).toBe(400);
    }
  });

  it('has it alone, and has five tries with it, in all its spellings together', async () => {
    ann = await firstAdmin(server);
    const { body } = await ann.post('/api/v1/invitations', { email: 'jörg@münchen.example', grants: [VIEWER] });
    await new Browser(server).accept(body.link);
    const others = ['JÖRG@MÜNCHEN.example', 'jo\u0308rg@mu\u0308nchen.example', 'jörg@xn--mnchen-3ya.example'];
    for (const email of others) {
      const again = await ann.post('/api/v1/invitations', { email, grants: [VIEWER] });
      expect(again, email).toMatchObject({ status: 409, body: { error: { code: 'PERSON_EXISTS' } } });
    }
    const tried = [...others, ...others].map((email) => new Browser(server).signIn(email, WRONG));
    const statuses = (await Promise.all(tried)).map(({ status }) => status).sort();
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
  });
});
