import type { TlsOptions } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeServer } from '../../client/test/fake/fake-server.ts';
import { type Ended, runApplication } from './application.ts';
import { TestAuthority } from './certificates.ts';
import { KEY } from './clients.ts';
import { RULES } from './fake-client.ts';
import { TlsFront } from './tls-front.ts';

/** Asks each server in its turn, and says what became of it. */
const PROGRAM = `
  const awake = setInterval(() => {}, 1000);
  for (const port of process.env.PORTS.split(',')) {
    const flags = createClient({ url: 'https://localhost:' + port, key: '${KEY}', cache: false, reporting: false });
    await new Promise((resolve) => flags.on('status', resolve));
    const { state, lastError } = flags.status();
    console.log(JSON.stringify({ state, lastError, a: flags.isEnabled('a') }));
    await flags.close();
  }
  clearInterval(awake);`;

let server: FakeServer;
let authority: TestAuthority;
let ended: Ended;
let answers: { state: string; lastError: string | null; a: boolean }[];

beforeAll(async () => {
  server = await FakeServer.start(RULES);
  authority = await TestAuthority.create();
  const good = await authority.sign('localhost');
  // What OpenSSL by itself would not do any more, a server of long ago does.
  const old: TlsOptions = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' };
  const fronts = await Promise.all(
    [
      good,
      await authority.selfSigned('localhost'),
      await authority.sign('localhost', -1),
      await authority.sign('elsewhere.test'),
      { ...good, ...old },
    ].map((options) => TlsFront.start(options, server.port)),
  );
  ended = await runApplication(PROGRAM, {
    PORTS: fronts.map(({ port }) => port).join(),
    NODE_EXTRA_CA_CERTS: authority.path,
  });
  for (const front of fronts) front.close();
  answers = ended.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
});

afterAll(async () => {
  await server.close();
  await authority.discard();
});

describe('95 TLS', () => {
  it('trusts an authority that NODE_EXTRA_CA_CERTS names', () => {
    expect(answers[0]).toEqual({ state: 'live', lastError: null, a: true });
  });

  it.each([
    ['self-signed', 1, /self.signed/],
    ['expired', 2, /expired/],
    ['of another host', 3, /does not match/],
    ['shown by TLS 1.1', 4, /protocol version|unsupported protocol/],
  ])('refuses a certificate that is %s, says why, and tries again rarely', (_what, index, why) => {
    expect(answers[index]).toMatchObject({ state: 'refused', lastError: expect.stringMatching(why), a: false });
  });

  it('sends no byte of a request to who was refused, and says each once', () => {
    expect(server.requests('stream')).toHaveLength(1);
    expect(ended.code).toBe(0);
    expect(ended.stderr.match(/STREAM_REFUSED/g)).toHaveLength(4);
    expect(ended.stderr).not.toContain('verysecret');
  });
});
