import { Command, CommanderError } from 'commander';
import type { CommandWorld } from './command-world.ts';
import { addComparing } from './commands/comparing.ts';
import { addCompletion } from './commands/completing.ts';
import { addConnection } from './commands/connection.ts';
import { addFiles } from './commands/files.ts';
import { addFlags } from './commands/flags.ts';
import { addGenerating } from './commands/generating.ts';
import { addHistory } from './commands/history.ts';
import { addLaunching } from './commands/launching.ts';
import { addPropagation } from './commands/propagation.ts';
import { addSwitches } from './commands/switches.ts';
import { addWatching } from './commands/watching.ts';
import { CommandProblem, EXIT } from './text/exit-codes.ts';
import { plain, type Terminal } from './text/output.ts';
import { VERSION } from './version.ts';

/** What the scripts of `dimmer completion` ask. Not a command, as it must not read options from what is typed so far. */
const COMPLETE = '__complete';

const AFTER_HELP = `
Ends with 0: done. 1: refused. 2: that makes no sense. 3: the server cannot be reached. 4: not confirmed by every instance.
5: there is something to apply (plan --detailed-exitcode).
`;

/**
 * Runs one command line. Never rejects.
 *
 * @param args without the names of node and program
 * @returns what the process shall end with
 */
export async function run(
  args: readonly string[],
  terminal: Terminal,
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const world: CommandWorld = { terminal, env, exitCode: EXIT.ok };
  try {
    if (args[0] === COMPLETE) return await complete(createProgram(world), args.slice(1), world);
    await createProgram(world).parseAsync(args, { from: 'user' });
    return world.exitCode;
  } catch (error) {
    // Help and version end that way too.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (!(error instanceof CommandProblem)) throw error;
    const lines = [error.message, ...error.lines, error.fix ?? ''].filter((line) => line !== '');
    terminal.err(lines.map((line) => `${plain(line)}\n`).join(''));
    return error.exitCode;
  }
}

function createProgram(world: CommandWorld): Command {
  const program = new Command('dimmer')
    .description('Feature flags: listed, ramped, killed, and the kill confirmed by every instance.')
    .version(VERSION)
    .option('--url <url>', 'the server; default: DIMMER_URL, or that of the last login')
    .option('--token <token>', 'an admin token; default: DIMMER_TOKEN, DIMMER_ADMIN_TOKEN, or that of the last login')
    .option('-p, --project <key>', 'default: DIMMER_PROJECT, or "default"')
    .option('--json', 'for machines')
    .addHelpText('after', AFTER_HELP)
    .exitOverride()
    .configureOutput({ writeOut: world.terminal.out, writeErr: world.terminal.err })
    .showHelpAfterError('(more: dimmer --help)');
  addConnection(program, world);
  addFlags(program, world);
  addSwitches(program, world);
  addHistory(program, world);
  addPropagation(program, world);
  addLaunching(program, world);
  addWatching(program, world);
  addComparing(program, world);
  addFiles(program, world);
  addGenerating(program, world);
  addCompletion(program, world);
  inherit(program);
  return program;
}

async function complete(program: Command, words: readonly string[], { terminal, env }: CommandWorld): Promise<number> {
  const [{ candidates }, { Names }] = await Promise.all([
    import('./completion/candidates.ts'),
    import('./completion/names.ts'),
  ]);
  const found = await candidates(program, words, new Names(env));
  terminal.out(found.map((each) => `${each}\n`).join(''));
  return EXIT.ok;
}

/** Commander copies these to a command when it is made, and ours are made by several hands. */
function inherit(command: Command): void {
  for (const each of command.commands) {
    each.copyInheritedSettings(command);
    inherit(each);
  }
}
