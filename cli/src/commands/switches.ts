import { type Command, InvalidArgumentError } from 'commander';
import { apiOf, type CommandWorld, show } from '../command-world.ts';
import { propagationText, waitFor } from '../following/propagation.ts';
import { CommandProblem, EXIT } from '../text/exit-codes.ts';
import { plain } from '../text/output.ts';

const DEFAULT_TIMEOUT_S = 10;

interface SwitchOptions {
  readonly environment: string;
  readonly reason?: string;
  readonly wait?: boolean;
  readonly propose?: boolean;
  readonly timeout: number;
}

/** Commands that change what a flag serves in one environment. */
export function addSwitches(program: Command, world: CommandWorld): void {
  act(program, world, 'kill', 'turn a flag off in one act, whatever its rules say')
    .hook('preAction', (command) => {
      if (command.opts<SwitchOptions>().reason === undefined)
        command.error("error: required option '--reason <text>' not specified: a kill always says why");
    })
    .action((flag: string, _, command: Command) => write(world, command, flag, 'kill', {}));

  act(program, world, 'restore', 'take a kill back: what was on is on again, what was off stays off').action(
    (flag: string, _, command: Command) => write(world, command, flag, 'restore', {}),
  );

  act(program, world, 'toggle', 'turn a flag on or off, with its rules')
    .argument('<on|off>', 'what it shall be', (value) => {
      if (value === 'on' || value === 'off') return value;
      throw new InvalidArgumentError('It is on or off.');
    })
    .action((flag: string, state: string, _, command: Command) =>
      write(world, command, flag, 'toggle', { on: state === 'on' }),
    );

  act(program, world, 'rollout', 'give a variation to a percentage of everybody')
    .argument('<percent>', 'from 0% to 100%, to 0.001', percent)
    .option('--variation <key>', 'which; default: the one that is on')
    .action((flag: string, share: number, _, command: Command) => {
      const { variation } = command.opts<{ variation?: string }>();
      return write(world, command, flag, 'rollout', { percent: share, ...(variation !== undefined && { variation }) });
    });
}

function act(program: Command, _world: CommandWorld, name: string, summary: string): Command {
  return program
    .command(name)
    .description(summary)
    .argument('<flag>', 'key of the flag')
    .requiredOption('-e, --environment <key>', 'in which environment')
    .option('--reason <text>', 'why; it stands in the history')
    .option('--propose', 'make it a change request, where the environment needs an approval')
    .option('-w, --wait', 'end when every connected instance has applied it; with 4 if not all have in time')
    .option('--timeout <seconds>', 'how long to wait', seconds, DEFAULT_TIMEOUT_S);
}

type Switch = 'kill' | 'restore' | 'toggle' | 'rollout';

async function write(world: CommandWorld, command: Command, flag: string, what: Switch, body: object): Promise<void> {
  const { environment, reason, wait, timeout, propose } = command.opts<SwitchOptions>();
  const api = await apiOf(world, command);
  const name = `POST /projects/{project}/flags/{flag}/environments/{environment}/${what}` as const;
  const sent = { ...body, ...(reason !== undefined && { reason }) };
  if (propose) {
    const proposed = await api.propose(api.addressOf(name, { flag, environment }), sent);
    show(world, command, proposed, () => `Proposed as change request ${plain(proposed.changeRequest.id)}.\n`);
    return;
  }
  const answer = await api.ask(name, { flag, environment }, { body: sent });
  const found = wait ? await waitFor(api, environment, answer.revision, timeout * 1_000, world.terminal) : undefined;
  show(world, command, found ? { ...answer, propagation: [found] } : answer, () => {
    const did = answer.changed ? `${past(what)} ${plain(flag)} in ${plain(environment)}` : unchanged(what, plain(flag));
    const warnings = answer.warnings.map((each) => `Note: ${plain(each.message)}\n`).join('');
    return `${did} (revision ${answer.revision})\n${warnings}${found ? propagationText(found) : ''}`;
  });
  if (found && !found.complete) world.exitCode = EXIT.unconfirmed;
}

function unchanged(what: Switch, flag: string): string {
  return what === 'restore' ? `${flag} was not killed` : `${flag} was so already`;
}

function past(what: Switch): string {
  return { kill: 'Killed', restore: 'Restored', toggle: 'Toggled', rollout: 'Rolled out' }[what];
}

function percent(text: string): number {
  const value = Number(text.replace(/\s*%$/, ''));
  if (text.trim() !== '' && value >= 0 && value <= 100) return value;
  throw new InvalidArgumentError('Write a percentage from 0% to 100%, e.g. 12.5%.');
}

function seconds(text: string): number {
  const value = Number(text);
  if (value > 0 && value <= 3_600) return value;
  throw new CommandProblem(EXIT.usage, `"${plain(text)}" is no time to wait.`, 'Write seconds from 1 to 3600.');
}
