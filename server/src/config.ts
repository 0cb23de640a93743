import { z } from 'zod';
import type { ConfigProblem } from './config-problem.ts';
import { misspelled } from './misspelled-settings.ts';
import { publicUrl } from './public-url.ts';

/** Everything the environment may say about this server, checked. `docs/operations` names come from here. */
export interface Config {
  /** TCP port; 0 = any free one. `PORT`, default 4400. */
  readonly port: number;
  /**
   * Address to listen on. `HOST`, default `127.0.0.1`: a server that nobody has configured yet is not offered to the
   * network. A container needs `0.0.0.0`; the image sets it.
   */
  readonly host: string;
  /** `DATABASE_URL`, default `file:./data/dimmer.db`. */
  readonly database: DatabaseConfig;
  /** Where rulesets come from if not from a database: then this is a relay. `DIMMER_UPSTREAM`, default: it is none. */
  readonly upstream: UpstreamConfig | null;
  /** A fixed admin token for automation. `DIMMER_ADMIN_TOKEN`, default: one is made on first start. */
  readonly adminToken: string | null;
  /** A token that may read `/metrics` and nothing else. `DIMMER_METRICS_TOKEN`, default: an admin token is needed. */
  readonly metricsToken: string | null;
  /**
   * Where people reach the dashboard, without a slash at its end. `DIMMER_PUBLIC_URL`, default: wherever this server
   * listens. With https, cookies are for https alone.
   */
  readonly publicUrl: string | null;
  /**
   * What sessions are signed with. `DIMMER_AUTH_SECRET`; beside SQLite a file is made for it; on PostgreSQL people
   * cannot sign in without.
   */
  readonly authSecret: string | null;
  /** Seals the change log with a key that is not in the database. `DIMMER_AUDIT_KEY`, default: it is not sealed. */
  readonly auditKey: string | null;
  /** Writes each change as a line of JSON into the log. `DIMMER_AUDIT_LOG`, default: off. */
  readonly auditLog: boolean;
  /** Single sign-on. `DIMMER_OIDC_ISSUER`, `…_CLIENT_ID`, `…_CLIENT_SECRET`; default: there is none. */
  readonly oidc: OidcConfig | null;
  /** Time over which streams are sent away after SIGTERM, in ms. `DIMMER_DRAIN_MS`, default 20,000. */
  readonly drainMs: number;
  /** Streams held at once; `null` = as many as the limit on open files allows. `DIMMER_MAX_STREAMS`. */
  readonly maxStreams: number | null;
  /** New streams a second; more are asked to come back. `DIMMER_STREAMS_PER_SECOND`, default 1,500. */
  readonly streamsPerSecond: number;
  /** Streams of browsers from one address; 0 = any number. `DIMMER_BROWSERS_PER_ADDRESS`, default 200. */
  readonly browsersPerAddress: number;
  /**
   * Connections from one address that have shown no key; 0 = any number. Not behind proxies.
   * `DIMMER_CONNECTIONS_PER_ADDRESS`, default 500.
   */
  readonly connectionsPerAddress: number;
  /** How many proxies of one's own stand in front, each of which adds to X-Forwarded-For. `DIMMER_PROXIES`, default 0. */
  readonly proxies: number;
  /** Days for which counts of evaluations are kept. `DIMMER_EVALUATION_DAYS`, default 90. */
  readonly evaluationDays: number;
  /** `DIMMER_LOG_LEVEL`, default `info`. */
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error';
  /** `DIMMER_LOG_FORMAT`, default `text`. */
  readonly logFormat: 'json' | 'text';
}

/** Which database. */
export type DatabaseConfig =
  /** A path, or `:memory:`. */
  | { readonly kind: 'sqlite'; readonly file: string }
  | {
      readonly kind: 'postgres';
      readonly url: string;
      /** Reaches the database itself where `url` goes through a pooler. `DATABASE_LISTEN_URL`, default: there is none. */
      readonly listenUrl: string | null;
    };

/** The server above a relay. */
export interface UpstreamConfig {
  readonly url: URL;
  /** Where rulesets are kept for a start without it. `DIMMER_RELAY_FOLDER`, default `./data/relay`. */
  readonly folder: string;
}

/** The identity provider of single sign-on. */
export interface OidcConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** As the button says it. `DIMMER_OIDC_NAME`, default: `single sign-on`. */
  readonly name: string;
  /** What somebody may do who comes for the first time, everywhere. `DIMMER_OIDC_ROLE`, default: nothing. */
  readonly role: 'viewer' | 'operator' | 'editor' | null;
}

export type ConfigOutcome =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

const wholeNumber = (min: number, max: number, fix: string) =>
  z
    .string()
    .trim()
    .regex(/^\d+$/, fix)
    .transform(Number)
    .refine((value) => value >= min && value <= max, fix);

const token = z
  .string()
  .regex(
    /^[\x21-\x7e]{20,200}$/,
    'must be 20 to 200 visible ASCII characters without spaces; make one with: openssl rand -base64 32',
  );

/** What another program has given out, to the letter. */
const visible = z.string().regex(/^\S(.*\S)?$/, 'is blank, or has a space or a line end at its beginning or end');

const secret = z
  .string()
  .refine(
    (text) => text === text.trim(),
    'has a space or a line end at its beginning or end, which another server may not have; take it away (from a file: tr -d "\\n")',
  )
  .min(32, 'must have at least 32 characters; make one with: openssl rand -base64 32');

/** Of a file or a manifest a line end often comes along; names of files and databases have none. */
const databaseUrl = z.string().transform((text, context): DatabaseConfig => {
  const url = text.trim();
  const refuse = (message: string): never => {
    context.issues.push({ code: 'custom', message, input: url });
    return z.NEVER;
  };
  if (/^postgres(ql)?:/i.test(url)) {
    return isPostgres(url)
      ? { kind: 'postgres', url, listenUrl: null }
      : refuse('must be written as postgres://user:password@host:5432/database, with what is special percent-encoded');
  }
  if (url === ':memory:' || url === 'file::memory:') return { kind: 'sqlite', file: ':memory:' };
  if (!/^file:/i.test(url)) {
    return refuse(
      'must be an SQLite file, written as file:<path>, e.g. file:./data/dimmer.db, or a PostgreSQL database, postgres://…',
    );
  }
  // `file:///a/b` and `file:/a/b` are the same absolute path; `file:./a` and `file:a` are relative.
  const file = url.slice('file:'.length).replace(/^\/\/(?=\/)/, '');
  if (file.startsWith('//')) return refuse('a file on another host cannot be used; write file:///absolute/path.db');
  if (file.trim() === '' || /[?\p{Cc}]/u.test(file))
    return refuse('must name a file and nothing else, e.g. file:./data/dimmer.db');
  return { kind: 'sqlite', file };
});

const upstreamUrl = z.string().transform((text, context): URL => {
  try {
    const url = new URL(text);
    if (/^https?:$/.test(url.protocol) && url.search === '' && url.username === '') return url;
  } catch {
    // Said below.
  }
  const message = 'must be the http or https address of a Dimmer server, e.g. https://flags.example.com';
  context.issues.push({ code: 'custom', message, input: text });
  return z.NEVER;
});

function isPostgres(url: string): boolean {
  try {
    const { protocol, hostname, pathname } = new URL(url);
    return /^postgres(ql)?:$/.test(protocol) && hostname !== '' && pathname.length > 1;
  } catch {
    return false;
  }
}

const environmentSchema = z.object({
  PORT: wholeNumber(0, 65_535, 'must be a whole number from 0 (any free port) to 65535, e.g. 4400').default(4400),
  HOST: z
    .string()
    .regex(/^[A-Za-z0-9.:_-]+$/, 'must be an address or a host name without port, e.g. 127.0.0.1, 0.0.0.0 or ::')
    .default('127.0.0.1'),
  DATABASE_URL: databaseUrl.default({ kind: 'sqlite', file: './data/dimmer.db' }),
  DATABASE_LISTEN_URL: z
    .string()
    .trim()
    .refine(isPostgres, 'must be written as postgres://user:password@host:5432/database')
    .nullable()
    .default(null),
  DIMMER_ADMIN_TOKEN: token.nullable().default(null),
  DIMMER_METRICS_TOKEN: token.nullable().default(null),
  DIMMER_PUBLIC_URL: publicUrl.nullable().default(null),
  DIMMER_AUTH_SECRET: secret.nullable().default(null),
  DIMMER_AUDIT_KEY: secret.nullable().default(null),
  DIMMER_AUDIT_LOG: z.enum(['on', 'off'], 'must be on or off').default('off'),
  DIMMER_OIDC_ISSUER: upstreamUrl.nullable().default(null),
  DIMMER_OIDC_CLIENT_ID: visible.nullable().default(null),
  DIMMER_OIDC_CLIENT_SECRET: visible.nullable().default(null),
  DIMMER_OIDC_NAME: z.string().max(60).default('single sign-on'),
  DIMMER_OIDC_ROLE: z
    .enum(['viewer', 'operator', 'editor'], 'must be one of viewer, operator, editor')
    .nullable()
    .default(null),
  DIMMER_DRAIN_MS: wholeNumber(0, 24_000, 'must be milliseconds from 0 to 24000, e.g. 20000').default(20_000),
  DIMMER_MAX_STREAMS: wholeNumber(1, 1_000_000, 'must be a whole number from 1 to 1000000, e.g. 10000')
    .nullable()
    .default(null),
  DIMMER_STREAMS_PER_SECOND: wholeNumber(1, 1_000_000, 'must be a whole number from 1 to 1000000, e.g. 1500').default(
    1_500,
  ),
  DIMMER_BROWSERS_PER_ADDRESS: wholeNumber(
    0,
    1_000_000,
    'must be a whole number from 0 (any number) to 1000000',
  ).default(200),
  DIMMER_CONNECTIONS_PER_ADDRESS: wholeNumber(
    0,
    1_000_000,
    'must be a whole number from 0 (any number) to 1000000',
  ).default(500),
  DIMMER_PROXIES: wholeNumber(0, 10, 'must be a whole number from 0 to 10').default(0),
  DIMMER_EVALUATION_DAYS: wholeNumber(1, 3_650, 'must be days from 1 to 3650, e.g. 90').default(90),
  DIMMER_UPSTREAM: upstreamUrl.nullable().default(null),
  DIMMER_RELAY_FOLDER: z.string().default('./data/relay'),
  DIMMER_LOG_LEVEL: z
    .enum(['debug', 'info', 'warn', 'error'], 'must be one of debug, info, warn, error')
    .default('info'),
  DIMMER_LOG_FORMAT: z.enum(['json', 'text'], 'must be json or text').default('text'),
});

/**
 * Reads the configuration from environment variables. Pure.
 *
 * An empty variable counts as absent, as in `PORT= npm start`. All problems are told at once, so nobody has to start
 * the server five times to find five mistakes.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>>): ConfigOutcome {
  const given: Record<string, string> = {};
  for (const name of Object.keys(environmentSchema.shape)) {
    const value = env[name];
    if (value !== undefined && value !== '') given[name] = value;
  }
  const result = environmentSchema.safeParse(given);
  const problems = [
    ...(result.success ? [...pointless(result.data), ...halfOidc(result.data)] : result.error.issues.map(problemOf)),
    ...misspelled(env, Object.keys(environmentSchema.shape)),
  ];
  if (!result.success || problems.length > 0) return { ok: false, problems };
  const read = result.data;
  return {
    ok: true,
    config: {
      port: read.PORT,
      host: read.HOST,
      database: withListenUrl(read.DATABASE_URL, read.DATABASE_LISTEN_URL),
      upstream: read.DIMMER_UPSTREAM && { url: read.DIMMER_UPSTREAM, folder: read.DIMMER_RELAY_FOLDER },
      adminToken: read.DIMMER_ADMIN_TOKEN,
      metricsToken: read.DIMMER_METRICS_TOKEN,
      publicUrl: read.DIMMER_PUBLIC_URL,
      authSecret: read.DIMMER_AUTH_SECRET,
      auditKey: read.DIMMER_AUDIT_KEY,
      auditLog: read.DIMMER_AUDIT_LOG === 'on',
      oidc: oidcOf(read),
      drainMs: read.DIMMER_DRAIN_MS,
      maxStreams: read.DIMMER_MAX_STREAMS,
      streamsPerSecond: read.DIMMER_STREAMS_PER_SECOND,
      browsersPerAddress: read.DIMMER_BROWSERS_PER_ADDRESS,
      connectionsPerAddress: read.DIMMER_CONNECTIONS_PER_ADDRESS,
      proxies: read.DIMMER_PROXIES,
      evaluationDays: read.DIMMER_EVALUATION_DAYS,
      logLevel: read.DIMMER_LOG_LEVEL,
      logFormat: read.DIMMER_LOG_FORMAT,
    },
  };
}

type Read = z.output<typeof environmentSchema>;

function withListenUrl(database: DatabaseConfig, listenUrl: string | null): DatabaseConfig {
  return database.kind === 'postgres' ? { ...database, listenUrl } : database;
}

function oidcOf(read: Read): OidcConfig | null {
  const { DIMMER_OIDC_ISSUER: issuer, DIMMER_OIDC_CLIENT_ID: clientId, DIMMER_OIDC_CLIENT_SECRET: clientSecret } = read;
  if (issuer === null || clientId === null || clientSecret === null) return null;
  const { DIMMER_OIDC_NAME: name, DIMMER_OIDC_ROLE: role } = read;
  return { issuer: issuer.href.replace(/\/$/, ''), clientId, clientSecret, name, role };
}

/** Single sign-on is set up whole or not at all, and needs to know where it sends people back to. */
function halfOidc(read: Read): ConfigProblem[] {
  const needed = ['DIMMER_OIDC_ISSUER', 'DIMMER_OIDC_CLIENT_ID', 'DIMMER_OIDC_CLIENT_SECRET'] as const;
  if (needed.every((variable) => read[variable] === null)) return [];
  return [...needed, 'DIMMER_PUBLIC_URL' as const]
    .filter((variable) => read[variable] === null)
    .map((variable) => ({
      variable,
      message: 'is needed for single sign-on, beside the other DIMMER_OIDC_ variables',
    }));
}

/** Settings that have no meaning beside the rest: something else was meant. */
function pointless({ DATABASE_URL, DATABASE_LISTEN_URL }: Read): ConfigProblem[] {
  if (DATABASE_LISTEN_URL === null || DATABASE_URL.kind === 'postgres') return [];
  return [{ variable: 'DATABASE_LISTEN_URL', message: 'is for PostgreSQL only; set DATABASE_URL to postgres://…' }];
}

/** The value itself is never repeated: it may be a token that was pasted into the wrong variable. */
function problemOf(issue: { readonly path: readonly PropertyKey[]; readonly message: string }): ConfigProblem {
  return { variable: String(issue.path[0]), message: issue.message };
}
