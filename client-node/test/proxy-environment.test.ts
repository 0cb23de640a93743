import { describe, expect, it } from 'vitest';
import { proxyFor, unusableProxy } from '../src/proxy-environment.ts';

const asked = (server: string, environment: Record<string, string>) => proxyFor(new URL(server), environment)?.href;

describe('the proxy that the environment names', () => {
  it.each([
    ['https://flags.example', { HTTPS_PROXY: 'http://p:3128' }, 'http://p:3128/'],
    ['https://flags.example', { https_proxy: 'http://small:1', HTTPS_PROXY: 'http://large:1' }, 'http://small:1/'],
    ['https://flags.example', { HTTP_PROXY: 'http://p:3128' }, undefined],
    ['http://flags.example', { HTTP_PROXY: 'p:3128' }, 'http://p:3128/'],
    ['http://flags.example', { ALL_PROXY: 'https://p' }, 'https://p/'],
    ['http://flags.example', { HTTP_PROXY: '' }, undefined],
    ['http://flags.example', { HTTP_PROXY: 'http://[' }, undefined],
    ['http://flags.example', { HTTP_PROXY: 'socks5://p' }, undefined],
    ['http://flags.example', { HTTP_PROXY: ' http://p ' }, 'http://p/'],
    ['http://flags.example', { HTTP_PROXY: ' ', ALL_PROXY: 'http://all' }, 'http://all/'],
    ['https://flags.example', { HTTPS_PROXY: 'socks5h://p', ALL_PROXY: 'http://all' }, undefined],
    // A program that a web server runs for somebody, who chooses its `HTTP_PROXY`.
    ['http://flags.example', { HTTP_PROXY: 'http://p', REQUEST_METHOD: 'GET' }, undefined],
    ['http://flags.example', { http_proxy: 'http://p', REQUEST_METHOD: 'GET' }, 'http://p/'],
  ])('is, for %s and %j, %s', (server, environment, proxy) => {
    expect(asked(server, environment)).toBe(proxy);
  });

  it.each(['http://localhost:4400', 'http://a.localhost', 'http://127.0.0.1:4400', 'http://[::1]:4400'])(
    'is never asked for %s, whose loopback is not its own',
    (server) => {
      expect(asked(server, { HTTP_PROXY: 'http://p' })).toBeUndefined();
    },
  );

  it.each([
    ['*', true],
    ['flags.example', true],
    ['example', true],
    ['.example', true],
    ['*.example', true],
    ['FLAGS.example', true],
    ['other.test, flags.example', true],
    ['flags.example:80', true],
    ['flags.example:8080', false],
    ['lags.example', false],
    ['', false],
    [' ,, ', false],
  ])('with NO_PROXY=%j: the server is reached without it: %s', (list, isDirect) => {
    const environment = { HTTP_PROXY: 'http://p', NO_PROXY: list };
    expect(asked('http://flags.example', environment) === undefined).toBe(isDirect);
  });

  it.each([
    ['http://[fd00::1]:4400', '[fd00::1]:4400', true],
    ['http://[fd00::1]:4400', '[fd00::1]:80', false],
    ['http://[fd00::1]:4400', '[fd00::1]', true],
    ['http://[fd00::1]:4400', 'fd00::1', true],
    ['http://[fd00::1]:4400', 'FD00:0:0::1', true],
    ['http://[fd00::1]:4400', 'fd00::/8', true],
    ['http://[fd00::1]:4400', 'fe00::/8', false],
    ['http://10.0.0.1', '10.0.0.1', true],
    ['http://10.0.0.1', '10.0.0.1:80', true],
    ['http://10.0.0.1', '10.0.0.0/8', true],
    ['http://10.0.0.1', '11.0.0.0/8', false],
    ['http://10.0.0.1', '10.0.0.0/33', false],
    ['http://10.0.0.1', '10.0.0.0/x', false],
    ['http://10.0.0.1', '0.0.1', false],
    ['http://flags.example', '10.0.0.0/8', false],
    ['http://flags.example.', 'flags.example', true],
    ['http://flags.example', 'flags.example.', true],
  ])('for %s with NO_PROXY=%s the server is reached without it: %s', (server, list, isDirect) => {
    expect(asked(server, { HTTP_PROXY: 'http://p', NO_PROXY: list }) === undefined).toBe(isDirect);
  });

  it.each([
    ['https://flags.example', { HTTPS_PROXY: 'socks5://user:secret@p:1080' }, 'HTTPS_PROXY names a socks5 proxy'],
    ['https://flags.example', { all_proxy: 'socks5h://p' }, 'all_proxy names a socks5h proxy'],
    ['http://flags.example', { ALL_PROXY: 'SOCKS4a://p' }, 'ALL_PROXY names a socks4a proxy'],
    ['http://flags.example', { http_proxy: 'http://user:secret@[' }, 'http_proxy is not an address'],
    ['http://flags.example', { HTTP_PROXY: 'http://user:secret@p:99999' }, 'HTTP_PROXY is not an address'],
  ])(
    'that cannot be used, for %s and %j, is named with the fix, and without who uses it',
    (server, environment, said) => {
      expect(asked(server, environment)).toBeUndefined();
      const text = unusableProxy(new URL(server), environment);
      expect(text).toContain(said);
      expect(text).toContain('flags.example is reached directly. Name an http or https proxy');
      expect(text).not.toContain('secret');
    },
  );

  it.each([
    ['https://flags.example', {}],
    ['https://flags.example', { HTTPS_PROXY: 'http://p' }],
    ['https://flags.example', { HTTPS_PROXY: 'http://p', ALL_PROXY: 'socks5://p' }],
    ['https://flags.example', { ALL_PROXY: 'socks5://p', NO_PROXY: '.example' }],
    ['https://flags.example', { HTTP_PROXY: 'socks5://p' }],
    ['http://localhost:4400', { ALL_PROXY: 'socks5://p' }],
    ['http://flags.example', { HTTP_PROXY: 'socks5://p', REQUEST_METHOD: 'GET' }],
  ])('nothing is said for %s and %j, where none is needed or one can be used', (server, environment) => {
    expect(unusableProxy(new URL(server), environment)).toBeUndefined();
  });
});
