import type { Command } from 'commander';
import { ApiClient } from '../api/api-client.ts';
import { type GivenSettings, keepSettings, readSettings, tokenIn } from '../api/settings.ts';
import { apiOf, type CommandWorld, show } from '../command-world.ts';
import { EXIT } from '../text/exit-codes.ts';
import { plain, table } from '../text/output.ts';
import { meText } from './who-am-i.ts';

/** Which server, and whether all is well between here and there. */
export function addConnection(program: Command, world: CommandWorld): void {
  program
    .command('login')
    .description(
      'keep a server and a token for the next time; the token is that of --token, DIMMER_TOKEN or DIMMER_ADMIN_TOKEN, or asked for',
    )
    .argument('<url>', 'e.g. https://flags.example.com')
    .action(async (url: string, _, command: Command) => {
      const given = { ...command.optsWithGlobals<GivenSettings>(), url };
      const token = given.token ?? tokenIn(world.env) ?? (await world.terminal.ask?.('Token: ', 'secret'));
      const settings = await readSettings({ ...given, token: token?.trim() }, world.env);
      const { items } = await new ApiClient(settings).ask('GET /projects', {});
      const path = await keepSettings(settings, world.env);
      show(world, command, { url: settings.url, path }, () => {
        const names = items.map(({ key }) => plain(key)).join(', ');
        return `${settings.url} lets you in, to: ${names || 'no project yet'}. Kept in ${path}.\n`;
      });
    });

  program
    .command('whoami')
    .description('who the token is, and what it may do')
    .action(async (_, command: Command) => {
      const api = await apiOf(world, command);
      const me = await api.ask('GET /me', {});
      show(world, command, me, () => meText(me, api.url));
    });

  program
    .command('projects')
    .description('projects that the token may read')
    .action(async (_, command: Command) => {
      const items = await (await apiOf(world, command)).list('GET /projects', {});
      show(world, command, { items }, () =>
        table(
          ['project', 'name'],
          items.map(({ key, name }) => [key, name]),
        ),
      );
    });

  program
    .command('doctor')
    .description('look for what is wrong between here and the server')
    .action(async (_, command: Command) => {
      const { examine } = await import('./doctor.ts');
      const settings = await readSettings(command.optsWithGlobals(), world.env);
      const findings = await examine(settings, world.env);
      show(world, command, { findings }, () =>
        findings.map(({ isGood, what }) => `${isGood ? 'good' : 'BAD '}  ${what}\n`).join(''),
      );
      if (findings.some(({ isGood }) => !isGood)) world.exitCode = EXIT.refused;
    });
}
