import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Passwords, passwordProblem } from '../../src/sign-in/passwords.ts';
import { TestServer } from '../running-server.ts';
import { Browser, firstAdmin, join, PASSWORD } from './browser.ts';

const QUARTER_MS = 15 * 60_000;
const WRONG = 'not the lamp on the wall';

describe('A new password', () => {
  const problem = (password: string) => passwordProblem(password, 'bob.miller@shop.example');

  it('has at least 12 characters, and need not be made of any kind in particular', () => {
    expect(problem('elevenchars')).toMatch(/At least 12/);
    for (const good of [
      'twelve chars',
      'lampe wand dimmer',
      'äöüß und ein Klavier',
      '🦊🦉🐝🌳🏔️ five of them',
      'xxxxxxxxabcdef ghij',
    ]) {
      expect(problem(good), good).toBeNull();
    }
    expect(problem('lamp '.repeat(26))).toMatch(/At most 128/);
  });

  it('is not one character again and again, one’s own address, or what everybody tries', () => {
    for (const bad of [
      ...['aaaaaaaaaaaaaa', 'abababababab', '121212121212'],
      ...['bob.miller@shop.example', 'BobMiller1234', 'shop.example.bob', 'millermiller1'],
      ...['password1234', 'Passwordpassword', 'qwertyuiop123', '123456789012', 'administrator', 'dimmer-admin-1'],
    ]) {
      expect(problem(bad), bad).not.toBeNull();
    }
  });
});

describe('A stored password', () => {
  it('is a scrypt hash with its own salt and what it cost, and fits no other password', async () => {
    const passwords = new Passwords();
    const [one, other] = [await passwords.hash(PASSWORD), await passwords.hash(PASSWORD)];
    expect(one).toMatch(/^scrypt\$32768\$8\$3\$[\w-]{22}\$[\w-]{43}$/);
    expect(one).not.toBe(other);
    expect(await passwords.verify(one, PASSWORD)).toBe(true);
    expect(await passwords.verify(one, `${PASSWORD} `)).toBe(false);
    // é as one character and as two are one password: keyboards differ.
    const accented = await passwords.hash('caf\u00e9 au lait, s\u2019il vous pla\u00eet');
    expect(await passwords.verify(accented, 'cafe\u0301 au lait, s\u2019il vous plai\u0302t')).toBe(true);
    for (const nonsense of ['', 'scrypt', 'bcrypt$1$2$3$4$5'])
      expect(await passwords.verify(nonsense, PASSWORD)).toBe(false);
  });

  it('is worked out two at a time; who waits behind twenty is asked to come back', async () => {
    // How long each takes says nothing of how many there may be.
    const passwords = new Passwords({ N: 2 ** 10, r: 8, p: 1 });
    const all = await Promise.allSettled(Array.from({ length: 30 }, () => passwords.hash(PASSWORD)));
    const refused = all.filter(({ status }) => status === 'rejected');
    expect(refused).toHaveLength(8);
    expect(refused[0]).toMatchObject({ reason: { refusal: { code: 'SIGN_IN_CROWDED' } } });
    // The queue is empty again.
    expect(await passwords.hash(PASSWORD)).toContain('scrypt$');
  });
});

describe('Whoever guesses passwords', () => {
  let server: TestServer;
  let laterMs = 0;
  const start = async (env: Record<string, string> = {}) => {
    laterMs = 0;
    server = await TestServer.start({ env, now: () => Date.now() + laterMs });
  };
  afterEach(() => server.stop());

  const statuses = async (count: number, guess: (index: number) => Promise<{ status: number }>) => {
    const found: number[] = [];
    for (let index = 0; index < count; index++) found.push((await guess(index)).status);
    return found;
  };

  it('has five tries at an account in a quarter of an hour, also with the right one, and from anywhere', async () => {
    await start({ DIMMER_PROXIES: '1' });
    await firstAdmin(server);
    const from = (address: string) => new Browser(server, { 'x-forwarded-for': address });
    const wrong = await statuses(5, (index) => from(`10.0.0.${index}`).signIn('ann@shop.example', WRONG));
    expect(wrong).toEqual([401, 401, 401, 401, 401]);
    const right = await from('10.0.1.1').signIn('ANN@shop.example');
    expect(right).toMatchObject({ status: 429, body: { error: { code: 'SIGN_IN_CROWDED' } } });
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(800);
    // Others come in as ever, and the account is free again after that time.
    laterMs = QUARTER_MS;
    expect((await from('10.0.1.1').signIn('ann@shop.example')).status).toBe(200);
  });

  it('has no more tries by sending them at once, or by another spelling of the address of the route', async () => {
    await start();
    await firstAdmin(server);
    const answers = await Promise.all(
      Array.from({ length: 15 }, () => new Browser(server).signIn('ann@shop.example', WRONG)),
    );
    const looked = answers.filter(({ status }) => status === 401);
    expect(looked).toHaveLength(5);
    const browser = new Browser(server);
    for (const path of [
      '/auth/sign-in/email/',
      '/auth//sign-in/email',
      '/auth/sign-in/%65mail',
      '/AUTH/sign-in/email',
    ]) {
      const { status, setCookies } = await browser.post(path, { email: 'ann@shop.example', password: PASSWORD });
      expect({ path, in: setCookies.length, ok: status < 400 }).toEqual({ path, in: 0, ok: false });
    }
  });

  it('is not held against somebody who knows it after all', async () => {
    await start();
    await firstAdmin(server);
    for (let round = 0; round < 2; round++) {
      await statuses(4, () => new Browser(server).signIn('ann@shop.example', WRONG));
      expect((await new Browser(server).signIn('ann@shop.example')).status).toBe(200);
    }
  });

  it('has thirty tries from one address, at whichever accounts, and learns not which exist', async () => {
    await start();
    await firstAdmin(server);
    const guess = (index: number) => new Browser(server).signIn(`p${index}@shop.example`, WRONG);
    const some = await new Browser(server).signIn('ann@shop.example', WRONG);
    const none = await guess(0);
    expect({ ...none.body }).toEqual({ ...some.body });
    for (let index = 1; index < 29; index += 7) {
      const batch = Array.from({ length: 7 }, (_, offset) => guess(index + offset));
      expect((await Promise.all(batch)).map(({ status }) => status)).toEqual(Array(7).fill(401));
    }
    expect((await new Browser(server).signIn('ann@shop.example')).status).toBe(429);
    // It says that it comes through a proxy. None is configured, so that changes nothing.
    const lying = new Browser(server, { 'x-forwarded-for': '203.0.113.9', 'x-dimmer-address': '203.0.113.9' });
    expect((await lying.signIn('ann@shop.example')).status).toBe(429);
    laterMs = QUARTER_MS;
    expect((await new Browser(server).signIn('ann@shop.example')).status).toBe(200);
  });

  it('is kept apart from others by what the proxies of one’s own say, and by nothing further left', async () => {
    await start({ DIMMER_PROXIES: '1' });
    await firstAdmin(server);
    const from = (address: string) => new Browser(server, { 'x-forwarded-for': address });
    for (let index = 0; index < 30; index += 6) {
      const batch = Array.from({ length: 6 }, (_, offset) =>
        from(`198.51.100.${index + offset}, 203.0.113.9:${5000 + index + offset}`).signIn(
          `p${index + offset}@x.example`,
          WRONG,
        ),
      );
      expect((await Promise.all(batch)).map(({ status }) => status)).toEqual(Array(6).fill(401));
    }
    expect((await from('1.2.3.4, 203.0.113.9').signIn('ann@shop.example')).status).toBe(429);
    expect((await from('203.0.113.9, 203.0.113.10').signIn('ann@shop.example')).status).toBe(200);
  });

  it('with a stolen session finds the password no faster', async () => {
    await start();
    const ann = await firstAdmin(server);
    const tries: readonly ((browser: Browser) => Promise<{ status: number }>)[] = [
      (browser) => browser.post('/auth/two-factor/enable', { password: WRONG }),
      (browser) => browser.post('/auth/two-factor/disable', { password: WRONG }),
      (browser) =>
        browser.post('/auth/change-password', { currentPassword: WRONG, newPassword: 'a new lamp on a wall' }),
    ];
    const found = await statuses(6, (index) => (tries[index % tries.length] as (typeof tries)[0])(ann));
    expect(found.filter((status) => status !== 429)).toHaveLength(5);
    expect(found.at(-1)).toBe(429);
  });

  it('makes the server work for two at a time only: the others are told so, and tokens do not wait', async () => {
    const passwords = new Passwords({ N: 2 ** 14, r: 8, p: 1 });
    server = await TestServer.start({ env: { DIMMER_PROXIES: '1' }, passwords });
    await firstAdmin(server);
    const answers = Array.from({ length: 40 }, (_, index) =>
      new Browser(server, { 'x-forwarded-for': `10.1.${index}.1` }).signIn(`p${index}@shop.example`, WRONG),
    );
    const all = Promise.all(answers);
    const token = server.call('GET', '/api/v1/projects').then(({ status }) => status);
    expect(await Promise.race([token, all.then(() => 'after all who sign in')])).toBe(200);
    const found = (await all).map(({ status, body }) => (status === 401 ? 'looked at' : body.error.code));
    expect(['looked at', 'SIGN_IN_CROWDED']).toEqual(expect.arrayContaining([...new Set(found)]));
    // All at one instant, which requests do not come at everywhere: two, and twenty who wait.
    const hash = await passwords.hash(PASSWORD);
    const looks = Array.from({ length: 40 }, () =>
      passwords.verify(hash, WRONG).then(
        () => 'looked at',
        ({ refusal }) => refusal.code,
      ),
    );
    const seen = await Promise.all(looks);
    expect(seen.slice(0, 22)).toEqual(Array.from({ length: 22 }, () => 'looked at'));
    expect(seen.slice(22)).toEqual(Array.from({ length: 18 }, () => 'SIGN_IN_CROWDED'));
  });
});

describe('Changing one’s password', () => {
  let server: TestServer;
  beforeEach(async () => {
    server = await TestServer.start();
  });
  afterEach(() => server.stop());

  it('needs the present one and a good new one, and ends all other sessions unless asked not to', async () => {
    const ann = await firstAdmin(server);
    const bob = await join(server, ann, 'bob@shop.example', { role: 'viewer' });
    const elsewhere = new Browser(server);
    await elsewhere.signIn('bob@shop.example');
    const change = (more: object) =>
      bob.post('/auth/change-password', { currentPassword: PASSWORD, newPassword: 'a new lamp on a wall', ...more });
    expect((await change({ currentPassword: WRONG })).body.code).toBe('INVALID_PASSWORD');
    expect((await change({ newPassword: 'password1234' })).body.error.code).toBe('PASSWORD_WEAK');
    const before = bob.cookie('session_token');
    const { status, body } = await change({});
    expect({ status, token: body.token }).toEqual({ status: 200, token: undefined });
    expect(bob.cookie('session_token')).not.toBe(before);
    expect((await bob.get('/api/v1/me')).status).toBe(200);
    expect((await elsewhere.get('/api/v1/me')).status).toBe(401);
    expect((await new Browser(server).signIn('bob@shop.example')).status).toBe(401);
    expect((await new Browser(server).signIn('bob@shop.example', 'a new lamp on a wall')).status).toBe(200);
  });
});
