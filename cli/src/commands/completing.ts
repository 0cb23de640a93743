import { Argument, type Command } from 'commander';
import type { CommandWorld } from '../command-world.ts';

/** `dimmer completion`. */
export function addCompletion(program: Command, world: CommandWorld): void {
  program
    .command('completion')
    .description('a script that lets your shell complete commands, flags and environments')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const { SCRIPTS } = await import('../completion/scripts.ts');
      world.terminal.out(SCRIPTS[shell]);
    });
}
