import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Config } from './config.ts';
import type { Welcome } from './first-start.ts';
import type { AppEnv } from './http/app-env.ts';
import { takeOffPath } from './http/below-path.ts';
import { refuseCrumbs } from './http/body-pieces.ts';
import { clientAddresses } from './http/client-address.ts';
import { type ConnectionLimits, Connections } from './http/connections.ts';
import { OpenRequests } from './http/open-requests.ts';
import { connectionLimit } from './hub/file-limit.ts';
import { type Logger, silentLogger } from './logger.ts';
import { openOrigin } from './origin.ts';
import { openRelay } from './relay/relay.ts';
import type { Role } from './role.ts';
import { Passwords } from './sign-in/passwords.ts';

/**
 * Slowloris protection: a client that sends its request too slowly is cut. Streams are responses, which these do not
 * limit.
 */
const HEADERS_MS = 10_000;
const REQUEST_MS = 30_000;
const CONNECTIONS_CHECK_MS = 5_000;

/** For requests on a connection that is cut. */
const NOBODY_LISTENS = new Response(null, { status: 503 });

/** Longer than the 60 s of common load balancers: the side that sends requests must be the one to close. */
const KEEP_ALIVE_MS = 65_000;

/**
 * Time for the last sockets to close after all streams have had their `goodbye`. With the longest drain: 26 s in all.
 */
const LAST_SOCKETS_MS = 1_500;

/** Dependencies that may be injected besides the configuration. */
export interface ServerDependencies {
  /** Default: says nothing. */
  readonly logger?: Logger;
  /** Ms since 1970. Default: `Date.now`. */
  readonly now?: () => number;
  /** Shows the tokens of a first start; see `makeFirstStart`. Default: nobody sees them but the caller. */
  readonly announce?: (welcome: Welcome, url: string) => void;
  /** Gets each change as a line of JSON, without its line end, if the settings want that. Default: nobody does. */
  readonly audit?: (line: string) => void;
  /** Hashes passwords. Default: at the cost that is shipped. */
  readonly passwords?: Passwords;
}

/** A server that listens. */
export interface RunningServer {
  /** Without a slash at its end. */
  readonly url: string;
  /** What the first start made; `null` on every later one. */
  readonly welcome: Welcome | null;
  /** Drains: sends the streams away over `drainMs`, finishes requests, closes the database. Called twice, does it once. */
  close(): Promise<void>;
}

/** The server cannot listen. The message says the fix. */
export class ListenError extends Error {
  override readonly name = 'ListenError';
  readonly code: 'PORT_IN_USE' | 'LISTEN_FAILED';

  constructor(code: ListenError['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Opens the database, or connects to the server above; starts listening; and makes what a new server needs.
 *
 * @throws StoreError if the database cannot be used (another server has it, a newer version wrote it, …)
 * @throws ListenError if the port is taken or the address is not this machine's
 */
export async function startServer(config: Config, dependencies: ServerDependencies = {}): Promise<RunningServer> {
  const { logger = silentLogger, now = Date.now, announce = () => {}, passwords = new Passwords() } = dependencies;
  const { audit = () => {} } = dependencies;
  let url = '';
  const world = { logger, now, passwords, audit, listeningAt: () => url };
  const role = config.upstream ? openRelay(config, config.upstream, world) : await openOrigin(config, world);
  const openRequests = new OpenRequests({
    browsersPerAddress: config.browsersPerAddress,
    addressOf: clientAddresses(config.proxies),
    observer: role.observer,
  });
  const limits = {
    most: connectionLimit(),
    // Behind proxies all connections come from the proxies' addresses.
    perAddress: config.proxies > 0 ? 0 : config.connectionsPerAddress,
  };
  const http = createHttpServer(role, limits, openRequests);
  takeOffPath(http, config.publicUrl);
  openRequests.watch(http);
  try {
    await listen(http, config);
    url = urlOf(http, config.host);
    if (config.upstream === null) warnOfLinks(config, url, logger);
    const welcome = await role.begin((made) => announce(made, url));
    logger.info('Listening', { url, ...role.facts() });
    let closing: Promise<void> | null = null;
    return { url, welcome, close: () => (closing ??= drain(http, role, config.drainMs, logger).then(role.release)) };
  } catch (error) {
    http.close();
    await role.release();
    throw error;
  }
}

/** A server that is open to others says that its links lead to this machine, before one is made. */
function warnOfLinks({ host, publicUrl }: Config, url: string, logger: Logger): void {
  if (publicUrl !== null || /^(127\.|localhost$|::1$)/.test(host)) return;
  logger.warn(
    `Links lead to ${url}, which other machines cannot open: set DIMMER_PUBLIC_URL to where people open the dashboard`,
    { host },
  );
}

function createHttpServer({ app, observer }: Role, limits: ConnectionLimits, openRequests: OpenRequests): Server {
  const connections = new Connections(limits, observer);
  // A stream has been written past Hono. Whatever middleware made of its response, nothing may be added to it.
  const unlessSent = (response: Response, { outgoing }: HttpBindings): Response =>
    outgoing.headersSent ? RESPONSE_ALREADY_SENT : response;
  const server = createAdaptorServer({
    fetch(request, env) {
      const { incoming, outgoing } = env as HttpBindings;
      if (connections.hasCut(incoming.socket)) return NOBODY_LISTENS.clone();
      const prove: AppEnv['Bindings']['prove'] = (by) => {
        connections.prove(incoming.socket);
        if (by === 'secret') openRequests.trust(incoming);
        else openRequests.becomesStream(incoming);
      };
      const bindings = { incoming, outgoing, prove };
      const response = app.fetch(request, bindings);
      return response instanceof Promise
        ? response.then((settled) => unlessSent(settled, bindings))
        : unlessSent(response, bindings);
    },
    serverOptions: {
      headersTimeout: HEADERS_MS,
      requestTimeout: REQUEST_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connectionsCheckingInterval: CONNECTIONS_CHECK_MS,
    },
  }) as Server;
  connections.watch(server);
  refuseCrumbs(server, observer);
  return server;
}

function listen(http: Server, { port, host }: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    http.once('error', (error: NodeJS.ErrnoException) => {
      const inUse = error.code === 'EADDRINUSE';
      const message = inUse
        ? `Port ${port} is in use on ${host}. Stop what uses it, or set PORT to another one.`
        : `Cannot listen on ${host}:${port}: ${error.message}. Check HOST and PORT.`;
      reject(new ListenError(inUse ? 'PORT_IN_USE' : 'LISTEN_FAILED', message, { cause: error }));
    });
    http.listen(port, host, () => resolve());
  });
}

/** An address that a person on this machine can use: a server on all addresses is reached at the local one. */
function urlOf(http: Server, host: string): string {
  const { port } = http.address() as AddressInfo;
  const local = host === '0.0.0.0' ? '127.0.0.1' : host === '::' ? '::1' : host;
  return `http://${local.includes(':') ? `[${local}]` : local}:${port}`;
}

/** Stops listening, sends all streams away, and waits for requests that are under way. */
async function drain(http: Server, { hub, leave }: Role, drainMs: number, logger: Logger): Promise<void> {
  logger.info('Going down', { streams: hub.size, drainMs });
  const closed = new Promise<void>((resolve) => http.close(() => resolve()));
  leave?.();
  await hub.drain(drainMs);
  const cut = setTimeout(() => http.closeAllConnections(), LAST_SOCKETS_MS);
  await closed;
  clearTimeout(cut);
  logger.info('Down');
}
