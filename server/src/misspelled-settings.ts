import type { ConfigProblem } from './config-problem.ts';

/** A variable of ours that nobody reads is a spelling mistake, and silence about it costs an afternoon. */
export function misspelled(
  env: Readonly<Record<string, string | undefined>>,
  settings: readonly string[],
): ConfigProblem[] {
  const known = settings.filter((name) => name.startsWith('DIMMER_'));
  return Object.keys(env)
    .filter((name) => SERVER_PREFIXES.some((prefix) => name.startsWith(prefix)) && !known.includes(name))
    .filter((name) => !isServiceLink(name, env[name] ?? ''))
    .map((variable) => ({ variable, message: `is not a setting of this version; there are ${known.join(', ')}` }));
}

/**
 * What Kubernetes tells every container of the Services in its namespace, and Docker of linked containers: beside a
 * Service `dimmer-relay` each has `DIMMER_RELAY_PORT=tcp://10.96.0.7:4400` and six more. Nobody has set them, and no
 * setting of ours has such a name; `…_PORT` alone is told by its value.
 */
function isServiceLink(name: string, value: string): boolean {
  if (/_PORT$/.test(name) && /^(tcp|udp|sctp):\/\//i.test(value)) return true;
  // `--link` of Docker: the names of both containers, and what the other one has in its environment.
  if (/_NAME$/.test(name) && /^\/\S+\/\S+$/.test(value)) return true;
  if (/_ENV_[A-Za-z0-9_]+$/.test(name)) return true;
  return /_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name);
}

/**
 * Only beginnings that are the server's alone: `DIMMER_URL` or `DIMMER_KEY` in the same environment belong to an
 * application with an SDK.
 */
const SERVER_PREFIXES = [
  // What `PORT`, `HOST` and `DATABASE_URL` are most likely mistaken for.
  'DIMMER_PORT',
  'DIMMER_HOST',
  'DIMMER_DATABASE',
  'DIMMER_ADMIN',
  'DIMMER_METRICS',
  'DIMMER_UPSTREAM',
  'DIMMER_RELAY',
  'DIMMER_DRAIN',
  'DIMMER_MAX',
  'DIMMER_STREAMS',
  'DIMMER_BROWSERS',
  'DIMMER_CONNECTIONS',
  'DIMMER_PROX',
  'DIMMER_EVALUATION',
  'DIMMER_LOG',
  'DIMMER_PUBLIC',
  'DIMMER_AUTH',
  'DIMMER_AUDIT',
  'DIMMER_OIDC',
];
