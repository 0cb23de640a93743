import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../server/src/config.ts';

const root = new URL('../..', import.meta.url).pathname;
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

/** What the image's last stage sets, as `NAME=value` pairs. */
function imageEnvironment(): Record<string, string> {
  const stage = read('Dockerfile')
    .split(/^FROM /m)
    .at(-1) as string;
  const pairs = [...stage.matchAll(/^ENV (.+)$/gm)].flatMap(([, line]) => (line as string).split(' '));
  return Object.fromEntries(pairs.map((pair) => pair.split(/=(.*)/s).slice(0, 2)));
}

interface Service {
  readonly build?: string;
  readonly command?: readonly string[];
  readonly profiles?: readonly string[];
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly environment: Record<string, string>;
  readonly stop_grace_period: string;
}

const { services, volumes } = parse(read('docker-compose.yml')) as {
  services: Record<string, Service>;
  volumes: Record<string, unknown>;
};
const dimmer = services.dimmer as Service;

/** Those that run our image. */
const ours = Object.values(services).filter(({ build }) => build !== undefined);

/** What `docker compose` makes of `${NAME:-default}` where nothing is set. */
function filledIn(environment: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [name, value.replace(/\$\{\w+:-([^}]*)\}/g, '$1')]),
  );
}

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
    expect(dimmer.ports).toEqual([`${PORT}:${dimmer.environment.PORT}`]);
  });

  it('keeps its data in a volume', () => {
    const [name, path] = (dimmer.volumes[0] as string).split(':') as [string, string];
    expect(volumes).toHaveProperty(name);
    expect(dimmer.environment.DATABASE_URL).toBe(`file:${path}/dimmer.db`);
    expect(read('Dockerfile')).toContain(`VOLUME ${path}`);
  });

  it('gives every server longer to go than it takes to drain', () => {
    for (const { environment, stop_grace_period } of ours) {
      const outcome = readConfig(filledIn(environment));
      expect(outcome.ok && outcome.config.drainMs).toBeLessThan(1_000 * Number.parseInt(stop_grace_period, 10));
    }
  });

  it('runs the file that the build makes, as nobody special', () => {
    const dockerfile = read('Dockerfile');
    expect(dockerfile).toContain('CMD ["node", "server/dist/main.js"]');
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(JSON.parse(read('server/package.json')).bin).toEqual({ 'dimmer-server': 'dist/main.js' });
    expect(existsSync(join(root, 'scripts/build.ts'))).toBe(true);
  });

  it('asks a route that the server has whether it is alive', () => {
    const path = /HEALTHCHECK[\s\S]*?(\/health\/[a-z]+)/.exec(read('Dockerfile'))?.[1];
    expect(read('docs/operations.md')).toContain(`\`${path}\``);
    expect(path).toBe('/health/live');
  });
});

describe('the other topologies of the compose file', () => {
  it('start with one node on SQLite unless another profile is asked for', () => {
    const always = Object.entries(services).filter(([, { profiles }]) => profiles === undefined);
    expect(always.map(([name]) => name)).toEqual(['dimmer']);
  });

  it('have two nodes on the PostgreSQL that is beside them, and wait for it', () => {
    const { postgres, 'node-a': a, 'node-b': b } = services as Record<string, Service>;
    expect(a).toEqual(b);
    const { database } = configOf(a as Service);
    expect(database).toMatchObject({ kind: 'postgres' });
    const { username, password, hostname, pathname } = new URL((database as { url: string }).url);
    const own = filledIn((postgres as Service).environment);
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
    expect(relay.command).toEqual(['node', 'server/dist/main.js', 'relay']);
    expect(relay.ports).toEqual([`4402:${port}`]);
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
    expect(config).toContain(`bind :${(balancer.ports[0] as string).split(':')[1]}`);
    expect(read('docs/operations.md')).toContain(/uri (\S+)/.exec(config)?.[1]);
    const timeouts = [...config.matchAll(/timeout (client|server) (\d+)s/g)].map(([, , seconds]) => Number(seconds));
    expect(timeouts).toHaveLength(2);
    // The longest time between two pings, and one lost.
    for (const seconds of timeouts) expect(seconds).toBeGreaterThan(2 * 18);
  });
});

function configOf({ environment }: Service) {
  const outcome = readConfig(filledIn(environment));
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.problems));
  return outcome.config;
}
