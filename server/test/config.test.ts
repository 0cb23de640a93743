import { describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';

const read = (env: Record<string, string>) => {
  const outcome = readConfig(env);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.config;
};
const problems = (env: Record<string, string>) => {
  const outcome = readConfig(env);
  return outcome.ok ? [] : outcome.problems.map(({ variable, message }) => `${variable} ${message}`);
};

describe('the configuration', () => {
  it('needs nothing to be set', () => {
    expect(read({})).toEqual({
      port: 4400,
      host: '127.0.0.1',
      database: { kind: 'sqlite', file: './data/dimmer.db' },
      upstream: null,
      adminToken: null,
      metricsToken: null,
      publicUrl: null,
      authSecret: null,
      auditKey: null,
      auditLog: false,
      oidc: null,
      drainMs: 20_000,
      maxStreams: null,
      streamsPerSecond: 1_500,
      browsersPerAddress: 200,
      connectionsPerAddress: 500,
      proxies: 0,
      evaluationDays: 90,
      logLevel: 'info',
      logFormat: 'text',
    });
  });

  it('takes everything from the environment', () => {
    const adminToken = 'a-token-of-twenty-characters';
    expect(
      read({
        PORT: '0',
        HOST: '::',
        DATABASE_URL: 'file:/var/lib/dimmer.db',
        DIMMER_ADMIN_TOKEN: adminToken,
        DIMMER_METRICS_TOKEN: `m${adminToken}`,
        DIMMER_PUBLIC_URL: 'https://flags.example.com/',
        DIMMER_AUTH_SECRET: `secret-${adminToken}`.padEnd(40, 'x'),
        DIMMER_AUDIT_KEY: `audit-${adminToken}`.padEnd(40, 'x'),
        DIMMER_AUDIT_LOG: 'on',
        DIMMER_OIDC_ISSUER: 'https://id.example.com/',
        DIMMER_OIDC_CLIENT_ID: 'dimmer',
        DIMMER_OIDC_CLIENT_SECRET: 'shh',
        DIMMER_OIDC_ROLE: 'viewer',
        DIMMER_DRAIN_MS: '0',
        DIMMER_MAX_STREAMS: '5000',
        DIMMER_EVALUATION_DAYS: '7',
        DIMMER_LOG_LEVEL: 'warn',
        DIMMER_LOG_FORMAT: 'json',
      }),
    ).toEqual({
      port: 0,
      host: '::',
      database: { kind: 'sqlite', file: '/var/lib/dimmer.db' },
      upstream: null,
      adminToken,
      metricsToken: `m${adminToken}`,
      publicUrl: 'https://flags.example.com',
      authSecret: `secret-${adminToken}`.padEnd(40, 'x'),
      auditKey: `audit-${adminToken}`.padEnd(40, 'x'),
      auditLog: true,
      oidc: {
        issuer: 'https://id.example.com',
        clientId: 'dimmer',
        clientSecret: 'shh',
        name: 'single sign-on',
        role: 'viewer',
      },
      drainMs: 0,
      maxStreams: 5_000,
      streamsPerSecond: 1_500,
      browsersPerAddress: 200,
      connectionsPerAddress: 500,
      proxies: 0,
      evaluationDays: 7,
      logLevel: 'warn',
      logFormat: 'json',
    });
  });

  it('takes an empty variable as one that is not set', () => {
    expect(read({ PORT: '', DIMMER_ADMIN_TOKEN: '' })).toEqual(read({}));
  });

  it.each([
    ['file:./data/dimmer.db', './data/dimmer.db'],
    ['file:dimmer.db', 'dimmer.db'],
    ['file:///var/dimmer.db', '/var/dimmer.db'],
    ['file:/var/dimmer.db', '/var/dimmer.db'],
    [':memory:', ':memory:'],
    ['file:/var/dimmer.db\n', '/var/dimmer.db'],
    [' file:/var/dimmer.db \r\n', '/var/dimmer.db'],
    ['file:my data/dimmer.db', 'my data/dimmer.db'],
  ])('reads DATABASE_URL %s as %s', (url, file) => {
    expect(read({ DATABASE_URL: url }).database).toEqual({ kind: 'sqlite', file });
  });

  it.each([
    ['PORT', 'http', 'must be a whole number from 0 (any free port) to 65535, e.g. 4400'],
    ['PORT', '70000', 'must be a whole number from 0 (any free port) to 65535, e.g. 4400'],
    ['PORT', '-1', 'must be a whole number from 0 (any free port) to 65535, e.g. 4400'],
    ['HOST', 'http://localhost', 'must be an address or a host name without port, e.g. 127.0.0.1, 0.0.0.0 or ::'],
    ['DATABASE_URL', 'postgres://db', 'must be written as postgres://user:password@host:5432/database'],
    ['DATABASE_LISTEN_URL', 'postgres://db/dimmer', 'is for PostgreSQL only'],
    ['DATABASE_URL', 'mysql://db/dimmer', 'must be an SQLite file, written as file:<path>'],
    ['DATABASE_URL', 'data/dimmer.db', 'must be an SQLite file, written as file:<path>'],
    ['DATABASE_URL', 'file:', 'must name a file and nothing else'],
    ['DATABASE_URL', 'file:a.db?mode=ro', 'must name a file and nothing else'],
    ['DATABASE_URL', 'file://host/a.db', 'a file on another host cannot be used'],
    ['DIMMER_ADMIN_TOKEN', 'short', 'must be 20 to 200 visible ASCII characters'],
    ['DIMMER_ADMIN_TOKEN', 'a token with spaces in it', 'must be 20 to 200 visible ASCII characters'],
    ['DIMMER_ADMIN_TOKEN', 'a-token-of-twenty-characters\n', 'must be 20 to 200 visible ASCII characters'],
    ['DIMMER_ADMIN_TOKEN', ' '.repeat(30), 'must be 20 to 200 visible ASCII characters'],
    ['DIMMER_METRICS_TOKEN', 'short', 'must be 20 to 200 visible ASCII characters'],
    ['DIMMER_AUTH_SECRET', 'too short', 'must have at least 32 characters'],
    ['DIMMER_AUTH_SECRET', ' '.repeat(40), 'has a space or a line end at its beginning or end'],
    ['DIMMER_AUTH_SECRET', `${'secret'.repeat(8)}\n`, 'has a space or a line end at its beginning or end'],
    ['DIMMER_AUDIT_LOG', 'stderr', 'must be on or off'],
    ['DIMMER_AUDIT_KEY', 'too short', 'must have at least 32 characters'],
    ['DIMMER_AUDIT_KEY', '\n'.repeat(40), 'has a space or a line end at its beginning or end'],
    ['DATABASE_URL', 'file:a\nb.db', 'must name a file and nothing else'],
    ['DATABASE_URL', 'file: ', 'must name a file and nothing else'],
    ['DIMMER_DRAIN_MS', '25000', 'must be milliseconds from 0 to 24000'],
    ['DIMMER_MAX_STREAMS', '0', 'must be a whole number from 1'],
    ['DIMMER_EVALUATION_DAYS', '1.5', 'must be days from 1 to 3650'],
    ['DIMMER_LOG_LEVEL', 'verbose', 'must be one of debug, info, warn, error'],
    ['DIMMER_LOG_FORMAT', 'xml', 'must be json or text'],
    ['DIMMER_ADMIN_TOKN', 'whatever', 'is not a setting of this version; there are DIMMER_ADMIN_TOKEN'],
  ])('refuses %s=%s and says what to write', (variable, value, message) => {
    expect(problems({ [variable]: value })).toEqual([expect.stringContaining(`${variable} ${message}`)]);
  });

  it('tells all problems at once', () => {
    expect(problems({ PORT: 'x', DATABASE_URL: 'x', DIMMER_ADMIN_TOKEN: 'x' })).toHaveLength(3);
  });

  it('never repeats a value, which may be a token in the wrong place', () => {
    const secret = 'hunter2-hunter2-hunter2-hunter2';
    expect(JSON.stringify(readConfig({ PORT: secret, DATABASE_URL: secret, HOST: `${secret}/` }))).not.toContain(
      secret,
    );
  });

  const linksOf = (prefix: string, address: string) => ({
    [`${prefix}_SERVICE_HOST`]: address,
    [`${prefix}_SERVICE_PORT`]: '4400',
    [`${prefix}_SERVICE_PORT_HTTP_MAIN`]: '4400',
    ...Object.fromEntries(
      (['TCP', 'UDP', 'SCTP'] as const).flatMap((protocol) => [
        [`${prefix}_PORT`, `${protocol.toLowerCase()}://${address}:4400`],
        [`${prefix}_PORT_4400_${protocol}`, `${protocol.toLowerCase()}://${address}:4400`],
        [`${prefix}_PORT_4400_${protocol}_PROTO`, protocol.toLowerCase()],
        [`${prefix}_PORT_4400_${protocol}_PORT`, '4400'],
        [`${prefix}_PORT_4400_${protocol}_ADDR`, address],
      ]),
    ),
  });

  it.each(['dimmer', 'dimmer-relay', 'dimmer-metrics', 'dimmer-auth', 'dimmer-public', 'dimmer-host', 'dimmer-log-2'])(
    'passes over what Kubernetes says of a Service named %s',
    (service) => {
      const prefix = service.toUpperCase().replaceAll('-', '_');
      expect(problems(linksOf(prefix, '10.96.0.7'))).toEqual([]);
      expect(problems(linksOf(prefix, '[fd00::7]'))).toEqual([]);
    },
  );

  it('passes over what Docker says of a linked container', () => {
    const named = { DIMMER_RELAY_NAME: '/shop/dimmer-relay', DIMMER_RELAY_ENV_NODE_VERSION: '22.19.0' };
    expect(problems({ ...linksOf('DIMMER_RELAY', '172.17.0.5'), ...named })).toEqual([]);
    expect(problems({ DIMMER_RELAY_NAME: 'eu-west' })).toEqual([expect.stringContaining('DIMMER_RELAY_NAME is not')]);
  });

  it.each([
    ['DIMMER_PORT', '4400'],
    ['DIMMER_HOST', '0.0.0.0'],
    ['DIMMER_METRICS_PORT', '9090'],
    ['DIMMER_AUTH_SECRETS', 'tcp://10.96.0.7:4400'],
    ['DIMMER_PORT_4400_HTTP', 'tcp://10.96.0.7:4400'],
  ])('still refuses a setting that is none beside them: %s', (variable, value) => {
    expect(problems({ ...linksOf('DIMMER', '10.96.0.7'), [variable]: value })).toEqual([
      expect.stringContaining(`${variable} is not a setting of this version`),
    ]);
  });

  it('leaves variables of the SDKs alone', () => {
    expect(problems({ DIMMER_URL: 'http://localhost:4400', DIMMER_KEY: 'sdk_x' })).toEqual([]);
  });

  it('takes a public address below a path, unless the path begins as one of ours', () => {
    const of = (path: string) => readConfig({ DIMMER_PUBLIC_URL: `https://tools.example.com${path}` });
    expect(of('/flags/')).toMatchObject({ ok: true, config: { publicUrl: 'https://tools.example.com/flags' } });
    expect(of('/a/b')).toMatchObject({ ok: true, config: { publicUrl: 'https://tools.example.com/a/b' } });
    for (const path of ['/api', '/projects/x', '/assets/', '/a b', '/a?b=c']) expect(of(path).ok).toBe(false);
  });
});
