import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../server/src/config.ts';
import { composeFile, madeEnv, root, type Service, variablesIn } from '../deploy/compose-file.ts';

const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** What the image's last stage sets, as `NAME=value` pairs. */
function imageEnvironment(): Record<string, string> {
  const stage = read('Dockerfile')
    .split(/^FROM /m)
    .at(-1) as string;
  const pairs = [...stage.matchAll(/^ENV (.+)$/gm)].flatMap(([, line]) => (line as string).split(' '));
  return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
}

/** As `npm start` does it. */
const START = (JSON.parse(read('package.json')).scripts.start as string).replace('exec ', '').split(' ');

const env = madeEnv();
const { services, volumes } = composeFile(env);
const dimmer = services.dimmer as Service;

/** Those that run our image. */
const ours = Object.values(services).filter(({ build }) => build !== undefined);

describe('the container, which cannot be built in every place where the tests run', () => {
  it('is configured by variables that the server reads', () => {
    const { NODE_ENV: _, ...own } = imageEnvironment();
    expect(readConfig({ ...own, ...dimmer.environment })).toMatchObject({
      ok: true,
      config: { host: '0.0.0.0', port: 4400, database: { kind: 'sqlite', file: '/data/dimmer.db' } },
    });
  });

  it('opens the port that the server listens on', () => {
    const { PORT } = imageEnvironment();
    expect(read('Dockerfile')).toContain(`EXPOSE ${PORT}`);
    expect(dimmer.ports).toEqual([`127.0.0.1:${PORT}:${dimmer.environment.PORT}`]);
  });

  it('keeps its data in a volume', () => {
    const [name, path] = (dimmer.volumes[0] as string).split(':') as [string, string];
    expect(volumes).toHaveProperty(name);
    expect(dimmer.environment.DATABASE_URL).toBe(`file:${path}/dimmer.db`);
    expect(read('Dockerfile')).toContain(`VOLUME ${path}`);
  });

  it('gives every server longer to go than it takes to drain', () => {
    for (const { environment, stop_grace_period } of ours) {
      const outcome = readConfig(environment);
      expect(outcome.ok && outcome.config.drainMs).toBeLessThan(1_000 * Number.parseInt(stop_grace_period, 10));
    }
  });

  it('runs the file that the build makes, as nobody special', () => {
    const dockerfile = read('Dockerfile');
    expect(dockerfile).toContain(`CMD ${JSON.stringify(START).replaceAll(',', ', ')}`);
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(JSON.parse(read('server/package.json')).bin).toEqual({ 'dimmer-server': 'dist/main.js' });
    expect(existsSync(join(root, 'scripts/build.ts'))).toBe(true);
  });

  it('installs packages by the manifests alone, so that an edit of a source installs none anew', () => {
    const dockerfile = read('Dockerfile');
    const { workspaces } = JSON.parse(read('package.json')) as { workspaces: string[] };
    const copied = [...dockerfile.matchAll(/^COPY (\S+)\/package\.json \1\/$/gm)].map(([, folder]) => folder);
    expect(copied.sort()).toEqual([...workspaces].sort());
    const stages = dockerfile.split(/^FROM /m);
    for (const stage of stages.filter((each) => each.includes('npm ci'))) {
      expect(stage).toMatch(/^manifests AS /);
      expect(stage.split('npm ci')[0]).not.toContain('COPY . .');
    }
  });

  it('takes no secrets of this folder into the image', () => {
    for (const file of ['.dockerignore', '.gitignore']) expect(read(file).split('\n')).toContain('.env');
  });

  it('asks a route that the server has whether it is alive', () => {
    const path = /HEALTHCHECK[\s\S]*?(\/health\/[a-z]+)/.exec(read('Dockerfile'))?.[1];
    expect(read('docs/operations.md')).toContain(`\`${path}\``);
    expect(path).toBe('/health/live');
  });
});

describe('the other topologies of the compose file', () => {
  it('start one at a time: what is made of .env.example starts one node on SQLite', () => {
    expect(Object.entries(services).filter(([, { profiles }]) => profiles === undefined)).toEqual([]);
    const started = (profile: string) =>
      Object.keys(services).filter((name) => services[name]?.profiles?.includes(profile));
    expect(started(env.COMPOSE_PROFILES ?? '')).toEqual(['dimmer']);
    expect(started('cluster')).toEqual(['postgres', 'node-a', 'node-b', 'balancer']);
    expect(started('relay')).toEqual(['relay']);
  });

  it('have no default password, and say what to do for one', () => {
    for (const name of ['DIMMER_AUTH_SECRET', 'POSTGRES_PASSWORD']) {
      expect(() => composeFile({ ...env, [name]: '' })).toThrow(/deploy\/make-env\.sh.* openssl rand/);
    }
    const [one, other] = [madeEnv(), madeEnv()];
    for (const name of ['DIMMER_AUTH_SECRET', 'POSTGRES_PASSWORD', 'DIMMER_ADMIN_TOKEN']) {
      expect(one[name]).toMatch(/^[0-9a-f]{48}$/);
      expect(one[name]).not.toBe(other[name]);
    }
  });

  it('have every variable that they take in .env.example, and no other', () => {
    const taken = [...read('docker-compose.yml').matchAll(/\$\{(\w+)/g)].map(([, name]) => name as string);
    const explained = variablesIn(read('.env.example').replace(/^#(?=\w+=)/gm, ''));
    expect(Object.keys(explained).sort()).toEqual([...new Set([...taken, 'COMPOSE_PROFILES'])].sort());
  });

  it('open their ports to this machine only, unless told otherwise, and none of the database', () => {
    const opened = Object.values(services).flatMap(({ ports }) => ports);
    expect(opened).toHaveLength(3);
    for (const port of opened) expect(port).toMatch(/^127\.0\.0\.1:/);
    const wide = composeFile({ ...env, PUBLISH_ADDRESS: '0.0.0.0', PUBLISH_PORT: '443' }).services;
    expect(wide.balancer?.ports).toEqual(['0.0.0.0:443:4401']);
  });

  it('pin other people’s images by an exact version', () => {
    for (const { image } of Object.values(services)) if (image) expect(image).toMatch(/:\d+\.\d+(\.\d+)?-alpine$/);
    for (const [, image] of read('Dockerfile').matchAll(/^FROM (node:\S+)/gm)) expect(image).toMatch(/:\d+\.\d+\.\d+-/);
  });

  it('let people sign in, by links that lead where they open the dashboard', () => {
    for (const [service, port] of [
      [dimmer, 4400],
      [services['node-a'] as Service, 4401],
    ] as const) {
      const { authSecret, publicUrl, adminToken } = configOf(service);
      expect({ authSecret, adminToken }).toEqual({
        authSecret: env.DIMMER_AUTH_SECRET,
        adminToken: env.DIMMER_ADMIN_TOKEN,
      });
      expect(publicUrl).toBe(`http://localhost:${port}`);
    }
    const chosen = composeFile({ ...env, DIMMER_PUBLIC_URL: 'https://flags.example.com' }).services;
    expect(configOf(chosen['node-a'] as Service).publicUrl).toBe('https://flags.example.com');
  });

  it('have two nodes on the PostgreSQL that is beside them, and wait for it', () => {
    const { postgres, 'node-a': a, 'node-b': b } = services as Record<string, Service>;
    expect(a).toEqual(b);
    const { database } = configOf(a as Service);
    expect(database).toMatchObject({ kind: 'postgres' });
    const { username, password, hostname, pathname } = new URL((database as { url: string }).url);
    const own = (postgres as Service).environment;
    expect([username, password, hostname, pathname]).toEqual([
      own.POSTGRES_USER,
      own.POSTGRES_PASSWORD,
      'postgres',
      `/${own.POSTGRES_DB}`,
    ]);
  });

  it('have a relay that is started as one, of the node beside it, and keeps its rules in a volume', () => {
    const relay = services.relay as Service;
    const { upstream, port } = configOf(relay);
    expect(upstream?.url.host).toBe(`dimmer:${dimmer.environment.PORT}`);
    expect(relay.command).toEqual([...START, 'relay']);
    expect(relay.ports).toEqual([`127.0.0.1:4402:${port}`]);
    const [name, path] = (relay.volumes[0] as string).split(':') as [string, string];
    expect(volumes).toHaveProperty(name);
    expect(upstream?.folder.startsWith(`${path}/`)).toBe(true);
  });

  it('balance over nodes that are there, ask them what they answer, and let streams live between pings', () => {
    const balancer = services.balancer as Service;
    const [file] = (balancer.volumes[0] as string).split(':') as [string];
    const config = read(file);
    const servers = [...config.matchAll(/^ {4}server (\S+) (\S+):(\d+)$/gm)].map(([, , host, port]) => [host, port]);
    expect(servers).toEqual(['node-a', 'node-b'].map((name) => [name, (services[name] as Service).environment.PORT]));
    expect(config).toContain(`bind :${(balancer.ports[0] as string).split(':').at(-1)}`);
    // Who asks is what it writes, and each node takes it from there.
    expect(config).toContain('http-request set-header X-Forwarded-For %[src]');
    expect(configOf(services['node-a'] as Service).proxies).toBe(1);
    for (const node of ['node-a', 'node-b']) expect(balancer.depends_on?.[node]?.condition).toBe('service_healthy');
    expect(balancer.healthcheck?.test.join(' ')).toContain('http://127.0.0.1:4401/health/ready');
    expect(read('docs/operations.md')).toContain(/uri (\S+)/.exec(config)?.[1]);
    const timeouts = [...config.matchAll(/timeout (client|server) (\d+)s/g)].map(([, , seconds]) => Number(seconds));
    expect(timeouts).toHaveLength(2);
    // The longest time between two pings, and one lost.
    for (const seconds of timeouts) expect(seconds).toBeGreaterThan(2 * 18);
  });
});

function configOf({ environment }: Service) {
  const outcome = readConfig(environment);
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.config;
}
