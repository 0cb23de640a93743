import { backUp } from './back-up-command.ts';
import { StoreError } from './change-log/store.ts';
import { readConfig } from './config.ts';
import { limitGarbage } from './garbage-limit.ts';
import { createLogger, type Logger } from './logger.ts';
import { ListenError, type RunningServer, startServer } from './server.ts';
import { SecretError } from './sign-in/secret.ts';
import { BackupError } from './store/sqlite/back-up.ts';
import { welcomeText } from './welcome-text.ts';

const USAGE = `Usage: dimmer-server                  a server with a database (DATABASE_URL)
       dimmer-server relay            a relay of another server (DIMMER_UPSTREAM)
       dimmer-server backup <file>    a copy of the SQLite database, also while the server runs`;

/** How long a start that is under way has to come to its end, when the process is asked to end, ms. */
const START_ENDS_WITHIN_MS = 2_000;

/** The process: the only file that touches it. Environment in, lines out, signals handled. */
async function main(): Promise<void> {
  const outcome = readConfig(process.env);
  if (!outcome.ok) {
    const lines = outcome.problems.map(({ variable, message }) => `  ${variable} ${message}`);
    fail(`Dimmer cannot start with these settings:\n${lines.join('\n')}`);
    return;
  }
  const { config } = outcome;
  const [role, ...rest] = process.argv.slice(2);
  const [copy] = rest;
  if (role === 'backup' && copy !== undefined && !copy.startsWith('-') && rest.length === 1) {
    process.stdout.write(await backUp(config, copy));
    return;
  }
  if (rest.length > 0 || (role !== undefined && role !== 'relay') || (role === 'relay' && config.upstream === null)) {
    fail(
      role === 'relay' && rest.length === 0
        ? 'A relay needs DIMMER_UPSTREAM: the address of the Dimmer server that it relays, e.g. https://flags.example.com'
        : USAGE,
    );
    return;
  }
  const logger = createLogger({
    level: config.logLevel,
    format: config.logFormat,
    now: Date.now,
    write: (line) => process.stderr.write(`${line}\n`),
  });
  limitGarbage();
  // The last resort: what nobody caught is a defect, but every stream of this server is worth more than a clean exit.
  process.on('uncaughtException', (error) =>
    logger.error('Nobody caught this', { error: error.stack ?? String(error) }),
  );
  process.on('unhandledRejection', (error) => logger.error('Nobody awaited this', { error: String(error) }));

  // Nobody reads what is said any more, as in `dimmer-server | head`. Saying so in the log would come here again, for ever.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});

  const starting = startServer(config, {
    logger,
    // Into the log, as JSON whatever the format of the other lines.
    audit: (line) => process.stderr.write(`${line}\n`),
    announce: (welcome, url) => process.stdout.write(welcomeText(welcome, url)),
  });
  // Before it says anything: whoever reads that it listens may end it in the next instant.
  endInOrder(starting, logger);
  const server = await starting;
  if (config.upstream !== null) {
    process.stdout.write(`Dimmer relays ${config.upstream.url.host} on ${server.url}.\n`);
  } else if (server.welcome === null) {
    process.stdout.write(
      `Dimmer listens on ${server.url}. Lost the admin token? Start once with DIMMER_ADMIN_TOKEN set to one of your own.\n`,
    );
  }
}

/** Closes the server when the process is asked to end: streams are sent away, and what is held is written. */
function endInOrder(starting: Promise<RunningServer>, logger: Logger): void {
  let hasStarted = false;
  let isClosing = false;
  starting.then(
    () => {
      hasStarted = true;
    },
    // `main` says why.
    () => {},
  );
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      // A second Ctrl-C means now.
      if (isClosing && signal === 'SIGINT') process.exit(130);
      isClosing = true;
      // A start may wait for its database for long, and holds nothing yet that would be lost.
      if (!hasStarted) setTimeout(() => hasStarted || process.exit(143), START_ENDS_WITHIN_MS).unref();
      starting
        .then((server) => server.close())
        .then(
          () => process.exit(0),
          (error: unknown) => {
            logger.error('Could not close in order', { error: String(error) });
            process.exit(1);
          },
        );
    });
  }
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`);
  process.exitCode = 1;
}

// Known failures say their fix; anything else shows where it came from.
main().catch((error: unknown) => {
  if (error instanceof BackupError) return fail(error.message);
  const isKnown = [StoreError, ListenError, SecretError].some((known) => error instanceof known);
  fail(isKnown ? `Dimmer cannot start: ${(error as Error).message}` : String((error as Error).stack ?? error));
});
