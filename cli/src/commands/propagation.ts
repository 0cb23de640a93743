import type { Instances } from '@dimmer/contract';
import type { Command } from 'commander';
import { apiOf, type CommandWorld, show } from '../command-world.ts';
import { propagationText } from '../following/propagation.ts';
import { EXIT } from '../text/exit-codes.ts';
import { instantText } from '../text/instant-text.ts';
import { plain, table, when } from '../text/output.ts';

type Instance = Instances['items'][number];

/** What has reached whom, and why somebody gets what he gets. */
export function addPropagation(program: Command, world: CommandWorld): void {
  program
    .command('instances')
    .description('who is connected, and what each has applied')
    .requiredOption('-e, --environment <key>', 'in which environment')
    .action(async (_, command: Command) => {
      const { environment } = command.opts<{ environment: string }>();
      const api = await apiOf(world, command);
      const answer = await api.ask('GET /projects/{project}/environments/{environment}/instances', { environment });
      show(world, command, answer, () =>
        table(
          ['instance', 'application', 'sdk', 'state', 'applied', 'delay', 'since'],
          answer.items.map((each) => [
            each.instance ?? '(no name)',
            each.application ?? '',
            each.sdk ?? '',
            stateText(each),
            each.standing === 'current' ? 'current' : (each.appliedId ?? 'unknown'),
            each.delayMs === null ? '' : `${Math.round(each.delayMs)} ms`,
            each.connectedAt === null ? '' : when(each.connectedAt),
          ]),
        ),
      );
    });

  program
    .command('propagation')
    .description('whether a change has reached everybody; ends with 4 if not')
    .requiredOption('-e, --environment <key>', 'in which environment')
    .option('--revision <number>', 'of a change; default: the last')
    .action(async (_, command: Command) => {
      const { environment, revision } = command.opts<{ environment: string; revision?: string }>();
      const query = revision === undefined ? {} : { revision };
      const api = await apiOf(world, command);
      const path = 'GET /projects/{project}/environments/{environment}/propagation';
      const answer = await api.ask(path, { environment }, { query });
      show(world, command, answer, () => `Revision ${answer.revision}: ${propagationText(answer)}`);
      if (!answer.complete) world.exitCode = EXIT.unconfirmed;
    });

  program
    .command('explain')
    .description('what somebody gets, and why')
    .argument('<flag>')
    .requiredOption('-e, --environment <key>', 'in which environment')
    .requiredOption('--context <key or json>', 'who asks: user-17, or \'{"targetingKey": "user-17", "plan": "pro"}\'')
    .option('--at <instant>', 'as of when, e.g. 2h (ago), "yesterday 09:00", 2026-11-20T03:00:00Z')
    .action(async (flag: string, _, command: Command) => {
      const { environment, context, at } = command.opts<Record<string, string>>();
      const api = await apiOf(world, command);
      const path = 'POST /projects/{project}/flags/{flag}/environments/{environment}/explain';
      const body = {
        context: contextOf(command, context as string),
        ...(at && { at: instantText(at, Date.now()) }),
      };
      const answer = await api.ask(path, { flag, environment: environment as string }, { body });
      show(world, command, answer, () => {
        const { evaluation, decidedBy, revision } = answer;
        const by = evaluation.ruleId ? `rule ${plain(evaluation.ruleId)}` : decidedBy;
        return `${plain(evaluation.variation ?? 'the default of the code')}, because of: ${by} (${evaluation.reason}, revision ${revision})\n`;
      });
    });

  program
    .command('audit')
    .description('the log itself')
    .command('verify')
    .description('walk the hash chain; ends with 1 if it is broken')
    .action(async (_, command: Command) => {
      const answer = await (await apiOf(world, command)).ask('GET /changes/verify', {});
      show(world, command, answer, () =>
        answer.ok
          ? `The log is whole up to revision ${answer.revision} (${answer.id}).\n`
          : `BROKEN at revision ${answer.revision}: ${plain(answer.problem)}\n`,
      );
      if (!answer.ok) world.exitCode = EXIT.refused;
    });
}

/** A targeting key by itself, or a whole context as JSON. */
function contextOf(command: Command, text: string): unknown {
  if (!/^\s*[{["]/.test(text)) return { targetingKey: text };
  try {
    return JSON.parse(text);
  } catch {
    return command.error(
      `error: --context is no JSON: ${plain(text).slice(0, 200)}\nWrite a targeting key (user-17), or an object ('{"targetingKey": "user-17"}').`,
      { exitCode: EXIT.usage },
    );
  }
}

/** How an instance stands to the server: there, and how; or why it cannot have the rules that count now. */
function stateText({ standing, failure, streams, rollCall }: Instance): string {
  if (standing === 'failed' && failure)
    return `cannot take revision ${Number.parseInt(failure.id, 10)}: ${plain(failure.message)}`;
  if (standing === 'gone') return 'gone';
  if (streams === 0) return 'polls';
  return rollCall ? `relay of ${rollCall.connected}` : 'connected';
}
