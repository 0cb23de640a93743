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
  readonly build: string;
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

  it('gives the server longer to go than it takes to drain', () => {
    const outcome = readConfig(dimmer.environment);
    expect(outcome.ok && outcome.config.drainMs).toBeLessThan(1_000 * Number.parseInt(dimmer.stop_grace_period, 10));
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
