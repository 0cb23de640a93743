import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AppEnv } from '../../src/http/app-env.ts';
import { dashboardFiles } from '../../src/http/dashboard-files.ts';
import { silentLogger } from '../../src/logger.ts';

const PAGE =
  '<!doctype html><html><meta name="nonce" content="__DIMMER_NONCE__"><style nonce="__DIMMER_NONCE__"></style></html>';

let folder = '';
const app = new Hono<AppEnv>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dimmer-dashboard-'));
  await mkdir(join(folder, 'site/assets'), { recursive: true });
  await writeFile(join(folder, 'site/index.html'), PAGE);
  await writeFile(join(folder, 'site/assets/page-abc123.js'), 'console.log("a page")');
  await writeFile(join(folder, 'site/notes.txt'), 'not for the web');
  await writeFile(join(folder, 'secret.html'), 'beside the folder');
  const files = dashboardFiles(join(folder, 'site'), silentLogger);
  if (files === null) throw new Error('unexpected');
  app.get('*', files);
});
afterAll(() => rm(folder, { recursive: true }));

const get = (path: string, headers: Record<string, string> = { accept: 'text/html,*/*' }) =>
  app.request(path, { headers });

describe('T14 A page of the dashboard', () => {
  it('runs scripts of this server alone, is framed by nobody, and sends its address to nobody', async () => {
    const { headers } = await get('/flags');
    const policy = Object.fromEntries(
      (headers.get('content-security-policy') ?? '').split('; ').map((directive) => {
        const [name = '', ...values] = directive.split(' ');
        return [name, values.join(' ')];
      }),
    );
    const { 'style-src': style, ...rest } = policy;
    expect(rest).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'connect-src': "'self'",
      'font-src': "'self'",
      'img-src': "'self' data:",
      'frame-ancestors': "'none'",
      'base-uri': "'none'",
      'form-action': "'self'",
    });
    expect(style).toMatch(/^'self' 'nonce-[\w+/]{24}'$/);
    expect(Object.fromEntries(headers)).toMatchObject({
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
      'cache-control': 'no-store',
    });
  });

  it('has another nonce each time, in its styles and nowhere that scripts come from', async () => {
    const texts = await Promise.all([1, 2].map(async () => (await get('/')).text()));
    const nonces = texts.map((text) => /nonce="([^"]+)"/.exec(text)?.[1]);
    expect(nonces[0]).toMatch(/^[\w+/]{24}$/);
    expect(nonces[0]).not.toBe(nonces[1]);
    expect(texts[0]).not.toContain('__DIMMER_NONCE__');
  });

  it('answers for no address that is the server’s own, nor to programs', async () => {
    for (const path of [
      '/api/v1/none',
      '/auth/none',
      '/sdk/v1/none',
      '/health',
      '/metrics',
      '/openapi.json',
      '/assets/x.js',
    ]) {
      expect((await get(path)).status, path).toBe(404);
    }
    expect((await get('/flags', { accept: 'application/json' })).status).toBe(404);
  });

  it('comes from memory: no path of a request reaches the disk', async () => {
    for (const path of [
      '/../secret.html',
      '/%2e%2e/secret.html',
      '/..%2fsecret.html',
      '/assets/..%2f..%2fsecret.html',
      '/notes.txt',
      '//etc/passwd',
    ]) {
      const answer = await get(path);
      const text = await answer.text();
      expect(text, path).not.toMatch(/beside the folder|not for the web|root:/);
    }
    const script = await get('/assets/page-abc123.js', {});
    expect([script.status, script.headers.get('content-type')]).toEqual([200, 'text/javascript; charset=utf-8']);
    expect(script.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('A server whose dashboard was not built', () => {
  it('does without', () => {
    expect(dashboardFiles(join(folder, 'nothing'), silentLogger)).toBeNull();
  });
});
