import { type Command, Option } from 'commander';
import { apiOf, type CommandWorld, show } from '../command-world.ts';
import { EXIT } from '../text/exit-codes.ts';
import { instantText } from '../text/instant-text.ts';
import { plain } from '../text/output.ts';

/** Where a window may begin besides at an instant. */
const CHANGE = 'change';

const REPORT = 'GET /projects/{project}/flags/{flag}/environments/{environment}/launch';

/** `dimmer launch …`: what is known of code that runs in the dark, or is live already. */
export function addLaunching(program: Command, world: CommandWorld): void {
  const launch = program.command('launch').description('launches and migrations: how the new code does beside the old');

  launch
    .command('report')
    .description('errors, latency, differences, and whether it may go live')
    .argument('<flag>')
    .requiredOption('-e, --environment <key>', 'in which environment')
    .option('--since <instant>', `e.g. 30m, 2h, "yesterday 09:00"; "${CHANGE}": the last change of its rules`, '1h')
    .option('--until <instant>', 'the same; default: now')
    .option('--application <name>', 'only what this one tells: shop, or a version of it, shop@1.4.2')
    .option('--app-version <version>', 'only what this version tells, of whatever application')
    .option('--instance <name>', 'only what this instance tells')
    .option('--candidate <name>', 'about this further candidate, instead of the one that is to go live')
    .addOption(new Option('--audience <whose>', 'only their word').choices(['server', 'browser']))
    .option('--ready', 'end with 1 unless it is ready')
    .action(async (flag: string, _, command: Command) => {
      const options = command.opts<Record<string, string | undefined> & { ready?: true }>();
      const api = await apiOf(world, command);
      const of = { flag, environment: options.environment as string };
      const query = queryOf(options);
      const { json } = command.optsWithGlobals<{ json?: boolean }>();
      // People read what the server says in words; whether it is ready is asked apart, of the same window.
      const [answer, text] = await Promise.all([
        json || options.ready ? api.ask(REPORT, of, { query }) : undefined,
        json ? '' : api.text(REPORT, of, { ...query, format: 'text' }),
      ]);
      show(world, command, answer, () => `${text.trimEnd().split('\n').map(plain).join('\n')}\n`);
      if (options.ready && !answer?.verdict.ready) world.exitCode = EXIT.refused;
    });
}

function queryOf(options: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const { since = '1h', until, application, appVersion: version, instance, candidate, audience } = options;
  const now = Date.now();
  const query: Record<string, string> = { from: since === CHANGE ? CHANGE : instantText(since, now) };
  if (until !== undefined) query.to = instantText(until, now);
  for (const [name, value] of Object.entries({ application, version, instance, candidate, audience })) {
    if (value !== undefined) query[name] = value;
  }
  return query;
}
