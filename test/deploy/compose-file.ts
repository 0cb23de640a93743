import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

export const root = new URL('../..', import.meta.url).pathname;

export interface Service {
  readonly build?: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly profiles?: readonly string[];
  readonly ports: readonly string[];
  readonly volumes: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly stop_grace_period: string;
}

interface ComposeFile {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}

/** The compose file as `docker compose` fills it in. Throws what that says where a variable is wanted. */
export function composeFile(env: Readonly<Record<string, string>>): ComposeFile {
  const text = readFileSync(join(root, 'docker-compose.yml'), 'utf8');
  const filled = text.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, kind: string, rest: string) => {
    const value = env[name] || (kind === '-' ? rest : '');
    if (value === '' && kind === '?') throw new Error(`required variable ${name} is missing a value: ${rest}`);
    return value;
  });
  const { services, volumes } = parse(filled) as { services: Record<string, Partial<Service>>; volumes: object };
  const whole = Object.entries(services).map(([name, service]) => [
    name,
    { ...service, ports: service.ports ?? [], volumes: service.volumes ?? [] } as Service,
  ]);
  return { services: Object.fromEntries(whole), volumes: volumes as ComposeFile['volumes'] };
}

/** What `.env` holds after `deploy/make-env.sh`, in a folder of its own. */
export function madeEnv(): Record<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'dimmer-env-'));
  try {
    mkdirSync(join(folder, 'deploy'));
    cpSync(join(root, '.env.example'), join(folder, '.env.example'));
    cpSync(join(root, 'deploy/make-env.sh'), join(folder, 'deploy/make-env.sh'));
    execFileSync('sh', [join(folder, 'deploy/make-env.sh')], { stdio: 'pipe' });
    return variablesIn(readFileSync(join(folder, '.env'), 'utf8'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** `NAME=value` lines. */
export function variablesIn(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]));
}
