import type { Command } from 'commander';
import { ApiClient, whyNot } from '../api-client.ts';
import { apiOf, type CommandWorld, show } from '../command-world.ts';
import { CommandProblem, EXIT } from '../exit-codes.ts';
import { plain, table } from '../output.ts';
import { keepSettings, readSettings } from '../settings.ts';

const CLOCKS_APART_MS = 2_000;

/** Which server, and whether all is well between here and there. */
export function addConnection(program: Command, world: CommandWorld): void {
  program
    .command('login')
    .description('keep a server and a token for the next time; the token is read from DIMMER_TOKEN or --token')
    .argument('<url>', 'e.g. https://flags.example.com')
    .action(async (url: string, _, command: Command) => {
      const settings = await readSettings({ ...command.optsWithGlobals(), url }, world.env);
      const { items } = await new ApiClient(settings).call('GET', '/projects');
      const path = await keepSettings(settings, world.env);
      show(world, command, { url: settings.url, path }, () => {
        const names = items.map(({ key }: { key: string }) => plain(key)).join(', ');
        return `${settings.url} lets you in, to: ${names || 'no project yet'}. Kept in ${path}.\n`;
      });
    });

  program
    .command('projects')
    .description('projects that the token may read')
    .action(async (_, command: Command) => {
      const answer = await (await apiOf(world, command)).call('GET', '/projects');
      show(world, command, answer, () =>
        table(
          ['project', 'name'],
          answer.items.map(({ key, name }: { key: string; name: string }) => [key, name]),
        ),
      );
    });

  program
    .command('doctor')
    .description('look for what is wrong between here and the server')
    .action(async (_, command: Command) => {
      const findings = await examine(world, command);
      show(world, command, { findings }, () =>
        findings.map(({ isGood, what }) => `${isGood ? 'good' : 'BAD '}  ${what}\n`).join(''),
      );
      if (findings.some(({ isGood }) => !isGood)) world.exitCode = EXIT.refused;
    });
}

interface Finding {
  readonly isGood: boolean;
  readonly what: string;
}

async function examine(world: CommandWorld, command: Command): Promise<Finding[]> {
  const settings = await readSettings(command.optsWithGlobals(), world.env);
  const findings: Finding[] = [];
  const startedAt = Date.now();
  let ready: Response;
  try {
    ready = await fetch(`${settings.url}/health/ready`, { signal: AbortSignal.timeout(5_000) });
  } catch (error) {
    return [{ isGood: false, what: `${settings.url} cannot be reached: ${whyNot(error)}` }];
  }
  const tookMs = Date.now() - startedAt;
  const { status, reason } = ((await ready.json().catch(() => ({}))) ?? {}) as { status?: string; reason?: string };
  findings.push({ isGood: true, what: `${settings.url} answers within ${tookMs} ms` });
  findings.push(
    status === undefined
      ? { isGood: false, what: 'what answers there is no Dimmer server, or a proxy answers in its stead' }
      : { isGood: status === 'ready', what: `it says: ${status}${reason ? ` (${plain(reason)})` : ''}` },
  );
  const date = Date.parse(ready.headers.get('date') ?? '');
  if (Number.isFinite(date)) {
    // The header is cut to the second.
    const apartMs = Math.abs(date + 500 - (startedAt + tookMs / 2));
    findings.push({ isGood: apartMs < CLOCKS_APART_MS, what: `clocks are ${Math.round(apartMs / 1_000)} s apart` });
  }
  try {
    await new ApiClient(settings).call('GET', '/projects');
    findings.push({ isGood: true, what: 'the token is taken' });
  } catch (error) {
    if (!(error instanceof CommandProblem)) throw error;
    findings.push({ isGood: false, what: `the token is not taken: ${plain(error.message)}` });
  }
  return findings;
}
