import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TestServer } from '../running-server.ts';
import { codeOf } from './authenticator.ts';
import { Browser, firstAdmin, PASSWORD } from './browser.ts';

const EMAIL = 'ann@shop.example';

let server: TestServer;
let ann: Browser;

beforeEach(async () => {
  server = await TestServer.start({ env: { DIMMER_PROXIES: '1' } });
  ann = await firstAdmin(server);
});
afterEach(async () => {
  vi.useRealTimers();
  await server.stop();
});

/** Turns it on, and answers what the authenticator and the drawer hold. */
async function enable(): Promise<{ totpURI: string; backupCodes: string[] }> {
  const { body } = await ann.post('/auth/two-factor/enable', { password: PASSWORD });
  const { status } = await ann.post('/auth/two-factor/verify-totp', { code: codeOf(body.totpURI) });
  expect(status).toBe(200);
  return body;
}
/** Somebody who has given the right password, from an address of their own. */
async function halfIn(address = '10.0.0.1'): Promise<Browser> {
  const browser = new Browser(server, { 'x-forwarded-for': address });
  const { status, body } = await browser.signIn(EMAIL);
  expect({ status, body }).toMatchObject({ status: 200, body: { twoFactorRedirect: true } });
  return browser;
}
const isIn = async (browser: Browser) => (await browser.get('/api/v1/me')).status === 200;
const send = (browser: Browser, code: string) => browser.post('/auth/two-factor/verify-totp', { code });
const wrongCode = (uri: string) => String((Number(codeOf(uri)) + 500_000) % 1_000_000).padStart(6, '0');

describe('A second factor', () => {
  it('is on when its first code has come, not before', async () => {
    const { body } = await ann.post('/auth/two-factor/enable', { password: PASSWORD });
    expect(body.totpURI).toMatch(/^otpauth:\/\/totp\/Dimmer:ann%40shop\.example\?secret=/);
    expect(body.backupCodes).toHaveLength(10);
    expect((await new Browser(server).signIn(EMAIL)).body.twoFactorRedirect).toBeUndefined();
    expect((await send(ann, wrongCode(body.totpURI))).body.code).toBe('INVALID_CODE');
    expect((await ann.get('/api/v1/me')).body.twoFactor).toBe(false);
    await send(ann, codeOf(body.totpURI));
    expect((await ann.get('/api/v1/me')).body.twoFactor).toBe(true);
  });

  it('is wanted after the password, which alone opens nothing and gives no session', async () => {
    const { totpURI } = await enable();
    const browser = await halfIn();
    expect(browser.cookie('session_token')).toBeUndefined();
    expect(await isIn(browser)).toBe(false);
    expect((await browser.get('/auth/get-session')).body).toBeNull();
    const { status, body } = await send(browser, codeOf(totpURI));
    expect({ status, token: body.token }).toEqual({ status: 200, token: undefined });
    expect(await isIn(browser)).toBe(true);
  });

  it('lets one in by one code: whoever has looked over a shoulder is refused in the same half minute', async () => {
    const { totpURI } = await enable();
    const browsers = await Promise.all(['10.0.0.1', '10.0.0.2'].map(halfIn));
    const code = codeOf(totpURI);
    const answers = await Promise.all(browsers.map((browser) => send(browser, code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 401]);
    expect(answers.find(({ status }) => status === 401)?.body.code).toBe('INVALID_CODE');
    const late = await halfIn('10.0.0.3');
    expect((await send(late, code)).body.code).toBe('INVALID_CODE');
    expect(await isIn(late)).toBe(false);
    const next = await halfIn('10.0.0.4');
    expect((await send(next, codeOf(totpURI, Date.now() + 30_000))).status).toBe(200);
  });

  it('is not got round by whoever has no cookie of the first step, or another’s', async () => {
    const { totpURI } = await enable();
    const stranger = new Browser(server);
    expect((await send(stranger, codeOf(totpURI))).body.code).toBe('INVALID_TWO_FACTOR_COOKIE');
    stranger.take('dimmer.two_factor=made-up.signature');
    expect((await send(stranger, codeOf(totpURI))).status).toBe(401);
    expect(await isIn(stranger)).toBe(false);
  });

  it('takes codes of now, not of ten minutes ago', async () => {
    const { totpURI } = await enable();
    const browser = await halfIn();
    expect((await send(browser, codeOf(totpURI, Date.now() - 600_000))).status).toBe(401);
    expect((await send(browser, codeOf(totpURI, Date.now() + 600_000))).status).toBe(401);
  });

  it('is asked for every time: no device is trusted, though one may ask for that', async () => {
    const { totpURI } = await enable();
    const browser = await halfIn();
    const sent = { code: codeOf(totpURI), trustDevice: true };
    const { setCookies } = await browser.post('/auth/two-factor/verify-totp', sent);
    expect(setCookies.join()).not.toContain('trust');
    await browser.post('/auth/sign-out');
    expect((await browser.signIn(EMAIL)).body.twoFactorRedirect).toBe(true);
  });

  it('is guessed five times with one password, and ten times by all addresses together', async () => {
    const { totpURI } = await enable();
    const found: string[] = [];
    for (const address of ['10.0.0.1', '10.0.0.2', '10.0.0.3']) {
      const browser = await halfIn(address);
      for (let count = 0; count < 5; count++) {
        const { status, body } = await send(browser, wrongCode(totpURI));
        found.push(body.code ?? body.error?.code ?? String(status));
      }
    }
    expect(found.filter((code) => code === 'INVALID_CODE')).toHaveLength(10);
    const late = await halfIn('10.0.0.4');
    expect((await send(late, codeOf(totpURI))).status).toBe(429);
    expect(await isIn(late)).toBe(false);
  });

  it('can be replaced by each backup code once', async () => {
    const { backupCodes } = await enable();
    const [code = ''] = backupCodes;
    const first = await halfIn();
    expect((await first.post('/auth/two-factor/verify-backup-code', { code })).status).toBe(200);
    expect(await isIn(first)).toBe(true);
    const second = await halfIn('10.0.0.2');
    expect((await second.post('/auth/two-factor/verify-backup-code', { code })).body.code).toBe('INVALID_BACKUP_CODE');
    expect(await isIn(second)).toBe(false);
  });

  it('has new backup codes for whoever gives the password, and the old ones are over', async () => {
    const { backupCodes: old } = await enable();
    const wrong = await ann.post('/auth/two-factor/generate-backup-codes', { password: 'not the lamp on the wall' });
    expect(wrong.body.code).toBe('INVALID_PASSWORD');
    const { body } = await ann.post('/auth/two-factor/generate-backup-codes', { password: PASSWORD });
    const browser = await halfIn();
    const tried = await browser.post('/auth/two-factor/verify-backup-code', { code: old[1] });
    expect(tried.body.code).toBe('INVALID_BACKUP_CODE');
    expect((await browser.post('/auth/two-factor/verify-backup-code', { code: body.backupCodes[1] })).status).toBe(200);
  });

  it('is turned off with the password, and cannot be exchanged while it is on', async () => {
    await enable();
    const exchanged = await ann.post('/auth/two-factor/enable', { password: PASSWORD });
    expect(exchanged.body.code).toBe('TOTP_ALREADY_ENABLED');
    const wrong = await ann.post('/auth/two-factor/disable', { password: 'not the lamp on the wall' });
    expect(wrong.body.code).toBe('INVALID_PASSWORD');
    expect((await ann.post('/auth/two-factor/disable', { password: PASSWORD })).status).toBe(200);
    expect((await new Browser(server).signIn(EMAIL)).body.twoFactorRedirect).toBeUndefined();
  });
});
